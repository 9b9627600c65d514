/**
 * Both families, for tests of synchronization that run for each of them: the same leases, in the real table of a server, behind its
 * real commands.
 */
import t, { type Test } from 'tap';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { createLease4Commands } from '../../../src/control/commands/lease4.ts';
import { encodeLease4 } from '../../../src/control/commands/lease4-json.ts';
import { LeaseSubnets } from '../../../src/control/commands/lease4-subnets.ts';
import { createLease6Commands } from '../../../src/control/commands/lease6.ts';
import { encodeLease6Json } from '../../../src/control/commands/lease6-json.ts';
import { LeaseSubnets6 } from '../../../src/control/commands/lease6-subnets.ts';
import { haLeases4 } from '../../../src/ha/sync/dhcp4/leases.ts';
import { haLeases6 } from '../../../src/ha/sync/dhcp6/leases.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import type { LeaseStoreOf } from '../../../src/lease/store.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { storeBench6, TWO_SUBNETS } from '../../engine/dhcp6/leases/store-bench.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import { createTestStore } from '../../peer/support/store.ts';
import { lease } from './memory-store.ts';
import { answered, type Respond } from './peers.ts';
import type { TestLeases } from './server.ts';
import { VirtualTime } from './virtual-time.ts';

const TIME = new VirtualTime();
/** All leases of these tests are in force: their clients were seen within the hour before. */
const SEEN_SEC = TIME.wallSec() - 3000;

/** What tests say of a lease of either family. */
export type Told = Pick<Lease4 & Lease6, 'hostname' | 'state' | 'subnetId'>;

export interface LeaseFamily<Lease extends Told> {
  readonly name: 'DHCPv4' | 'DHCPv6';
  readonly pageCommand: string;
  /** @param diskWorks false = nothing becomes durable */
  open(diskWorks?: boolean): FamilyLeases<Lease>;
  /** A lease of a client of its own. @param host 1 to 99; @param seen the later the higher, 0 to 3000 */
  lease(host: number, seen: number, more?: Partial<Told>): Lease;
  /** The lease in a page. */
  wire(lease: Lease): Record<string, unknown>;
  /** As pages have it. */
  addressOf(host: number): string;
}

/** The leases of one server. */
export interface FamilyLeases<Lease> extends TestLeases {
  put(lease: Lease): void;
  at(host: number): Lease | null;
  count(): number;
  /** Statistics: a declined lease counts as assigned too. */
  assigned(): number;
  declined(): number;
}

/** @param rest what depends on the family */
function leasesIn<Lease, Address>(
  store: Pick<LeaseStoreOf<Lease, Address, unknown>, 'count' | 'get' | 'put'>,
  addressOf: (host: number) => Address,
  rest: TestLeases & Pick<FamilyLeases<Lease>, 'assigned' | 'declined'>,
): FamilyLeases<Lease> {
  return {
    ...rest,
    put: (lease) => void store.put(lease, 'synchronization'),
    at: (host) => store.get(addressOf(host)),
    count: () => store.count(),
  };
}

/** Answers a partner's requests as the commands of these leases do; the rest it takes. */
export function respondBy(leases: TestLeases): Respond {
  const handlers = new Map(leases.commands());
  return async (command, args) => {
    const handler = handlers.get(command);
    if (handler === undefined) return answered(0);
    const answer = JSON.parse(JSON.stringify(await handler(args)));
    return answered(answer.result, answer.arguments, answer.text);
  };
}

const COMMAND_PARTS = {
  clock: TIME,
  caller: 'peer',
  leaseFile: () => null,
  yieldTurn: async () => {},
} as const;

function brokenDisk(): Promise<never> {
  return Promise.reject(new Error('no space left on device'));
}

const BASE = parseIpv4('10.0.0.0')!;

const FAMILY4: LeaseFamily<Lease4> = {
  name: 'DHCPv4',
  pageCommand: 'lease4-get-page',
  open(diskWorks = true) {
    const test = createTestStore(4_096, [1, 2], true, TIME);
    if (!diskWorks) test.durable = brokenDisk;
    const { statistics, store } = test;
    return leasesIn(store, (host) => BASE + host, {
      haLeases: (clock) => haLeases4(store, clock),
      commands: () => createLease4Commands({ ...COMMAND_PARTS, store, subnets: () => new LeaseSubnets([]) }),
      assigned: () => statistics.global('assigned-addresses'),
      declined: () => statistics.global('declined-addresses'),
    });
  },
  lease: (host, seen, more) => lease(BASE + host, SEEN_SEC + seen, more),
  wire: (lease) => JSON.parse(encodeLease4(lease, 'released')),
  addressOf: (host) => formatIpv4(BASE + host),
};

/** From here on leases are of prefixes, which stand behind all addresses. */
const FIRST_PREFIX = 6;

const FAMILY6: LeaseFamily<Lease6> = {
  name: 'DHCPv6',
  pageCommand: 'lease6-get-page',
  open(diskWorks = true) {
    const bench = storeBench6({ clock: TIME });
    if (!diskWorks) bench.durable = brokenDisk;
    const { engine, store } = bench;
    const subnets = LeaseSubnets6.of(TWO_SUBNETS);
    return leasesIn(store, addressOf6, {
      haLeases: (clock) => haLeases6(store, clock),
      commands: () => createLease6Commands({ ...COMMAND_PARTS, store, subnets: () => subnets }),
      assigned: () => engine.statistic('assigned-nas') + engine.statistic('assigned-pds'),
      declined: () => engine.statistic('declined-addresses'),
    });
  },
  lease: (host, seen, more) =>
    (host < FIRST_PREFIX ? lease6 : prefix6)({
      address: addressOf6(host),
      duid: Uint8Array.of(0, 3, 0, 1, host),
      clttSec: SEEN_SEC + seen,
      ...more,
    }),
  wire: (lease) => JSON.parse(encodeLease6Json(lease, 'released')),
  addressOf: (host) => formatIpv6(addressOf6(host)),
};

function addressOf6(host: number): Uint8Array {
  return ip6(host < FIRST_PREFIX ? `2001:db8:1::${host}` : `2001:db8:8000:${host}00::`);
}

/** A test for each family. @param name begins with the scenarios */
export function forLeasesOfEach(
  name: string,
  run: <Lease extends Told>(t: Test, family: LeaseFamily<Lease>) => Promise<void>,
): void {
  t.test(`${name}, of DHCPv4`, (t) => run(t, FAMILY4));
  t.test(`${name}, of DHCPv6`, (t) => run(t, FAMILY6));
}
