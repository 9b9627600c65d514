/**
 * The HA commands of a server with several relationships: `server-name`, the name of any of its servers, picks the
 * relationship (Kea 2.5.5 and later). Maintenance concerns all of them at once,
 * because it is this server, or what stands behind it, that is going to be shut down.
 */
import {
  type Answer,
  type CommandHandler,
  type CommandTable,
  failure,
  Result,
} from '../../control/answer.ts';
import { isPeerName } from '../machine/setup.ts';
import type { HaService } from '../service/model.ts';
import { createServiceSwitchCommands } from '../switch/commands.ts';
import { Origin, type ServiceSwitch } from '../switch/switch.ts';
import { isMap, member } from './arguments.ts';

const BY_SERVER_NAME = [
  'ha-heartbeat',
  'ha-sync',
  'ha-scopes',
  'ha-continue',
  'ha-reset',
  'ha-sync-complete-notify',
  'ha-maintenance-notify',
  'ha-why',
] as const;

/**
 * @param services at least one, in the order of the configuration
 * @param unnamed whose relationship is meant without a name: Kea takes the first. What comes in by a relationship's own
 *   listener is its partner's, also when that is a Kea that sends no name
 */
export function createRelationshipCommands(
  services: readonly HaService[],
  serviceSwitch: ServiceSwitch,
  unnamed: HaService,
): CommandTable {
  if (services.length === 1) return unnamed.commands;
  const applied = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.applied()));
  };
  const table = new Map<string, CommandHandler>([
    ...BY_SERVER_NAME.map((name) => [name, byServerName(services, unnamed, name)] as const),
    ['ha-maintenance-start', (args) => startAll(services, (each) => run(each, 'ha-maintenance-start', args))],
    [
      'ha-maintenance-cancel',
      (args) => cancelAll(services, (each) => run(each, 'ha-maintenance-cancel', args)),
    ],
    ...createServiceSwitchCommands(serviceSwitch, applied),
  ]);
  const index = services.indexOf(unnamed);
  for (const [name, origin] of PARTNER_HOLDS) {
    const handler = table.get(name)!;
    table.set(name, (args) => handler(apart(args, origin, index)));
  }
  return table;
}

/** Commands that hold or release the service, with the origin that is meant when they name none. */
const PARTNER_HOLDS = [
  ['dhcp-disable', Origin.user],
  ['dhcp-enable', Origin.user],
  ['ha-sync-complete-notify', Origin.haPartner],
] as const;

/** Origins of partners that one relationship can have: 16 times as many stay below those of databases. */
const PARTNER_ORIGINS = 60;

/**
 * Every branch holds as 2000, because the hub is its first partner. Under one number the branch whose synchronization
 * ends first would end the hold of the others, and the hub give leases behind their backs. So each listener moves the
 * numbers that come in by it to a range of its own; the first relationship's are left as they are, and with them those
 * of the control sockets.
 */
function apart(args: unknown, unsaid: number, index: number): unknown {
  if (index === 0 || (args !== undefined && !isMap(args))) return args;
  const named = isMap(args) ? (member(args, 'origin-id') ?? member(args, 'origin') ?? unsaid) : unsaid;
  const origin = named === 'ha-partner' ? Origin.haPartner : named;
  if (typeof origin !== 'number') return args;
  if (origin < Origin.haPartner || origin >= Origin.haPartner + PARTNER_ORIGINS) return args;
  return { ...(isMap(args) ? args : {}), 'origin-id': origin + index * PARTNER_ORIGINS };
}

function byServerName(services: readonly HaService[], unnamed: HaService, name: string): CommandHandler {
  return (args) => {
    const serverName = isMap(args) ? member(args, 'server-name') : undefined;
    // A name that is none is for that one to refuse.
    const named =
      typeof serverName === 'string'
        ? services.find(({ setup }) => isPeerName(setup, serverName))
        : undefined;
    return run(named ?? unnamed, name, args);
  };
}

function run(service: HaService, name: string, args: unknown): Answer | Promise<Answer> {
  const handler = service.commands.get(name);
  return handler === undefined ? failure(`there is no command ${name}`) : handler(args);
}

/** In order, up to the first that fails. */
async function startAll(
  services: readonly HaService[],
  start: (service: HaService) => Answer | Promise<Answer>,
): Promise<Answer> {
  let last = failure('there is no relationship');
  for (const service of services) {
    last = await start(service);
    if (last.result !== Result.success) return last;
  }
  return last;
}

/** All of them whatever becomes of each; the answer is that of the last. */
async function cancelAll(
  services: readonly HaService[],
  cancel: (service: HaService) => Answer | Promise<Answer>,
): Promise<Answer> {
  let last = failure('there is no relationship');
  for (const service of services) last = await cancel(service);
  return last;
}
