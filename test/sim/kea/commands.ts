/** The commands of a modelled Kea: those of its partner, and of an administrator. */
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { HighAvailability } from './high-availability.ts';
import type { KeaLease, KeaLeases } from './leases.ts';
import type { KeaAnswer } from './partner-link.ts';
import { PARTNER_ORIGIN, type ServiceSwitch, USER_ORIGIN } from './service-switch.ts';
import { leaseOf } from './synchronization.ts';

type Arguments = Readonly<Record<string, unknown>>;

export interface CommandParts {
  readonly leases: KeaLeases;
  readonly service: ServiceSwitch;
  readonly ha: () => HighAvailability;
  readonly unsent: () => number;
  readonly wallMs: () => number;
  /** The configuration is read again: high availability begins anew. */
  readonly reload: () => void;
}

const EMPTY = 3;
const NOT_ALLOWED = 1001;

export async function runKeaCommand(parts: CommandParts, body: string): Promise<readonly KeaAnswer[]> {
  const { command, arguments: args = {} } = JSON.parse(body) as { command: string; arguments?: Arguments };
  const answer = COMMANDS[command];
  return [
    answer === undefined
      ? { result: 2, text: `'${command}' command not supported` }
      : await answer(parts, args),
  ];
}

const done = (isDone: boolean): KeaAnswer => ({ result: isDone ? 0 : 1, text: isDone ? 'done' : 'failed' });

const COMMANDS: Readonly<
  Record<string, (parts: CommandParts, args: Arguments) => KeaAnswer | Promise<KeaAnswer>>
> = {
  'ha-heartbeat': ({ ha, unsent, wallMs }) => ({
    result: 0,
    text: 'HA peer status returned.',
    arguments: {
      'date-time': new Date(wallMs()).toUTCString(),
      scopes: ha().scopes,
      state: ha().state,
      'unsent-update-count': unsent(),
    },
  }),
  // Whichever comes last stands.
  'lease4-update': ({ leases }, args) => {
    try {
      leases.put(leaseOf(args));
      return { result: 0, text: 'IPv4 lease updated.' };
    } catch (error) {
      return { result: 1, text: (error as Error).message };
    }
  },
  'lease4-del': ({ leases }, args) => {
    try {
      const wasThere = leases.remove(String(args['ip-address']));
      return {
        result: wasThere ? 0 : EMPTY,
        text: wasThere ? 'IPv4 lease deleted.' : 'IPv4 lease not found.',
      };
    } catch (error) {
      return { result: 1, text: (error as Error).message };
    }
  },
  'lease4-get-page': ({ leases }, args) => {
    const from = args['from'] === 'start' ? 0 : parseIpv4(String(args['from']))!;
    const found = leases.all().filter(({ address }) => parseIpv4(address)! > from);
    return listOf(found.slice(0, Number(args['limit'])));
  },
  'lease4-get-all': ({ leases }) => listOf(leases.all()),
  // No program of its own does what a Tandem asks of a Tandem.
  'lease4-get-by-client-id': () => listOf([]),
  'dhcp-disable': ({ service }, args) => {
    service.hold(originOf(args), Number(args['max-period'] ?? 0));
    return done(true);
  },
  'dhcp-enable': ({ service }, args) => {
    service.release(originOf(args));
    return done(true);
  },
  'ha-sync-complete-notify': ({ ha }, args) => {
    ha().partnerSynced(Number(args['origin-id'] ?? args['origin'] ?? PARTNER_ORIGIN + 1));
    return done(true);
  },
  'ha-reset': ({ ha }) => {
    ha().reset();
    return done(true);
  },
  'ha-sync': async ({ ha }) => done(await ha().synchronizeNow()),
  'ha-maintenance-notify': ({ ha }, args) => {
    if (args['cancel'] !== true)
      return ha().beMaintained() ? done(true) : { result: NOT_ALLOWED, text: 'not allowed in this state' };
    const state = ha().endMaintenance(String(args['state'] ?? 'unavailable'));
    return state === null ? done(false) : { result: 0, arguments: { state } };
  },
  'ha-maintenance-start': async ({ ha }) => done(await ha().startMaintenance()),
  'ha-maintenance-cancel': async ({ ha }) => done(await ha().cancelMaintenance()),
  'config-reload': ({ reload }) => {
    reload();
    return done(true);
  },
  'kea-lfc-start': () => done(true),
};

function originOf(args: Arguments): number {
  if (args['origin-id'] !== undefined) return Number(args['origin-id']);
  return args['origin'] === 'ha-partner' ? PARTNER_ORIGIN : USER_ORIGIN;
}

function listOf(leases: readonly KeaLease[]): KeaAnswer {
  const listed = leases.map(({ address, hwAddress, clttSec, validSec, state }) => ({
    'ip-address': address,
    'hw-address': hwAddress,
    cltt: clttSec,
    'valid-lft': validSec,
    'subnet-id': 1,
    'fqdn-fwd': false,
    'fqdn-rev': false,
    hostname: '',
    state,
  }));
  const result = listed.length > 0 ? 0 : EMPTY;
  return {
    result,
    text: `${listed.length} IPv4 lease(s) found.`,
    arguments: { leases: listed, count: listed.length },
  };
}
