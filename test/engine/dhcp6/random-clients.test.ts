/** Random clients of DHCPv6, and messages at random: who has what is never in doubt, and nothing is said that is not written. */
import t from 'tap';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { numbersFrom } from '../../support/numbers.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { config6, HOME, host, ip6, network, pdPool, pool, subnet } from './config.ts';
import {
  duid,
  iaAddress,
  iaNa,
  iaPd,
  iaPrefix,
  message,
  opt,
  partsOf,
  type Reply6,
  relayed,
} from './messages.ts';

const { solicit, request, renew, rebind, release, decline, confirm, informationRequest } = MessageType;
const CLIENTS = 12;
const TYPES = [solicit, solicit, request, request, request, renew, renew, rebind, release, decline, confirm];

const SUBNETS = [
  subnet(1, '2001:db8:1::/64', {
    interfaceName: 'eth0',
    networkName: 'floor',
    rapidCommit: true,
    pools: [pool('2001:db8:1::10 - 2001:db8:1::12', { poolId: 3 }), pool('2001:db8:1::13 - 2001:db8:1::15')],
    pdPools: [pdPool('2001:db8:8000::/54', 56), pdPool('2001:db8:9000::/63', 64, { poolId: 3 })],
  }),
  subnet(2, '2001:db8:2::/64', {
    networkName: 'floor',
    pools: [pool('2001:db8:2::10 - 2001:db8:2::12')],
    pdPools: [pdPool('2001:db8:a000::/48', 64)],
  }),
];
const HOSTS = [host(1, 'duid', duid(3), { addresses: [ip6('2001:db8:1::12')] })];
const ADDRESSES = [
  '2001:db8:1::10',
  '2001:db8:1::12',
  '2001:db8:1::15',
  '2001:db8:2::11',
  '2001:db8:7::1',
  '::',
];
const PREFIXES = [
  '2001:db8:8000::/56',
  '2001:db8:8000:100::/56',
  '2001:db8:9000::/64',
  '::/60',
  '2001:db8:a000:7::/64',
];

/** What is counted of the pools of SUBNETS, in the order of the series, and which addresses of the rows belong there. */
const SERIES = [
  { name: 'assigned-nas', holds: /^2001:db8:1::1[012]$/ },
  { name: 'assigned-nas', holds: /^2001:db8:1::1[345]$/ },
  { name: 'assigned-pds', holds: /^2001:db8:8000:/ },
  { name: 'assigned-pds', holds: /^2001:db8:9000:/ },
  { name: 'assigned-nas', holds: /^2001:db8:2::1[012]$/ },
  { name: 'assigned-pds', holds: /^2001:db8:a000:/ },
] as const;

type Random = (below: number) => number;

function anyMessage(random: Random): Uint8Array {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const ias = Array.from({ length: random(4) }, () => {
    const wishes = Array.from({ length: random(3) }, () => random(4) * 1000);
    return random(2) === 0
      ? iaNa(random(3), ...wishes.map((sec) => iaAddress(pick(ADDRESSES), sec, sec)))
      : iaPd(random(3), ...wishes.map((sec) => iaPrefix(pick(PREFIXES), sec, sec)));
  });
  const rapid = random(4) === 0 ? [opt(OptionCode.rapidCommit)] : [];
  return message(pick(TYPES), random(CLIENTS), ...rapid, ...ias);
}

/** Addresses and prefixes that a reply gives with a lifetime. */
function givenBy(reply: Reply6): string[] {
  return partsOf(reply).flatMap((part) =>
    [...part.matchAll(/([0-9a-f]*:[0-9a-f:]+)(?:\/\d+)? (\d+)\/(\d+)/g)]
      .filter(([, , , valid]) => valid !== '0')
      .map(([, address]) => address!),
  );
}

/** Checks that every row is somebody's in one place only, and that the counters are right. @param series of pools */
function faultOf(
  { context, reader }: BenchEngine6,
  series: Readonly<typeof SERIES> | readonly [] = [],
): string {
  const { rows } = context.book.table;
  const seen = new Set<string>();
  const assigned: string[] = [];
  for (let slot = 0; slot < context.book.table.highWater(); slot++) {
    if (rows.isFree(slot)) continue;
    const address = formatIpv6(rows.bytes, rows.addressOffset(slot));
    if (seen.has(address)) return `${address} has two rows`;
    seen.add(address);
    const state = rows.state(slot);
    if (state === LeaseState.assigned || state === LeaseState.declined) assigned.push(address);
  }
  for (const [at, { name, holds }] of series.entries()) {
    const [counted, there] = [reader.pool(at, name), assigned.filter((each) => holds.test(each)).length];
    if (counted !== there) return `${name} of series ${at}: ${counted} are counted, ${there} are there`;
  }
  const counted = reader.global('assigned-nas') + reader.global('assigned-pds');
  return counted === assigned.length ? '' : `${counted} leases are counted, ${assigned.length} are there`;
}

t.test('nothing has two owners, and no reply leaves before its rows', async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const random = numbersFrom(seed);
    const engine = new BenchEngine6(
      config6({ subnets: SUBNETS, sharedNetworks: [network('floor')], hosts: HOSTS }),
      { capacity: seed === 1 ? 14 : 4096 },
    );
    /** What clients have been told that they have: address -> client, and until when. */
    const held = new Map<string, { readonly client: string; readonly untilSec: number }>();
    let fault = '';
    for (let step = 0; step < 1500 && fault === ''; step++) {
      if (random(8) === 0) engine.clock.pass(random(3000));
      const datagram = anyMessage(random);
      const client = Buffer.from(datagram.subarray(8, 22)).toString('hex');
      engine.send(datagram);
      const early = engine.replies();
      const rows = engine.rows();
      if (rows.length > 0 && early.length > 0) fault = 'a reply has left before its rows were safe';
      engine.makeDurable();
      const replies = [...early, ...engine.replies()];
      for (const row of rows) {
        const [address, owner, , state] = row.split(/[/ ]/).toSpliced(1, 1);
        if (state !== '0' || owner !== held.get(address!)?.client) held.delete(address!);
      }
      for (const reply of replies.filter(({ type }) => type === MessageType.reply)) {
        for (const address of givenBy(reply)) {
          const other = held.get(address);
          if (other !== undefined && other.client !== client && other.untilSec > engine.clock.wallSec())
            fault = `${address} is ${other.client}’s and ${client}’s`;
          if (!rows.some((row) => row.startsWith(`${address}/`) && row.includes(client)))
            fault = `${address} was given without a row`;
          held.set(address, { client, untilSec: engine.clock.wallSec() + 4000 });
        }
      }
      fault ||= faultOf(engine, SERIES);
    }
    t.equal(fault, '', `seed ${seed}`);
    t.ok(engine.statistic('cumulative-assigned-nas') > 50);
    t.ok(engine.statistic('cumulative-assigned-pds') > 50);
  }
});

t.test(
  'octets at random in messages, and messages that end anywhere: a reply that can be read, or none',
  async (t) => {
    const random = numbersFrom(77);
    const engine = new BenchEngine6(
      config6({ subnets: SUBNETS, sharedNetworks: [network('floor')], hosts: HOSTS }),
    );
    let received = 0;
    for (let i = 0; i < 4000; i++) {
      const plain = anyMessage(random);
      const datagram = random(3) === 0 ? relayed(plain, '2001:db8:1::1', 'fe80::1', opt(18, [1])) : plain;
      for (let changes = random(4); changes > 0; changes--) datagram[random(datagram.length)] = random(256);
      const cut = random(3) === 0 ? datagram.subarray(0, random(datagram.length + 1)) : datagram;
      engine.send(cut);
      engine.makeDurable();
      received += engine.replies().length;
      engine.rows();
    }
    t.ok(received > 500);
    t.equal(faultOf(engine, SERIES), '');
    t.equal(engine.context.slots.freeCount, engine.context.slots.size, 'every slot is back');
    t.not(engine.ask(message(informationRequest, 1)), null, 'and a client that behaves is served');
  },
);

t.test(
  'hostile messages: the same identity association many times, all of them at once, leases without number',
  async (t) => {
    const engine = new BenchEngine6(
      config6({ subnets: [{ ...HOME, pools: [pool('2001:db8:1::1 - 2001:db8:1::ffff')] }] }),
    );
    const twice = engine.ask(message(request, 1, iaNa(1), iaNa(1), iaPd(1), iaPd(1)))!;
    t.equal(new Set(givenBy(twice)).size, 2, 'one lease, told as often as it is asked for');
    t.equal(engine.statistic('assigned-nas'), 1);
    const released = message(
      release,
      1,
      iaNa(1, iaAddress('2001:db8:1::1'), iaAddress('2001:db8:1::1')),
      iaNa(1, iaAddress('2001:db8:1::1')),
    );
    t.match(partsOf(engine.ask(released)!), ['na 1 0/0 [status 0]', 'na 1 0/0 [status 0]', 'status 0']);
    t.equal(engine.statistic('assigned-nas'), 0);
    const many = Array.from({ length: 100 }, (_, iaid) => iaNa(iaid));
    engine.ask(message(solicit, 2, ...many));
    t.ok(engine.context.book.table.count() <= 66, 'a message holds some dozens at most');
    const longest = new Uint8Array(130).fill(7);
    t.not(engine.ask(message(request, longest, iaNa(1))), null);
    t.match(engine.rows().at(-1), Buffer.from(longest).toString('hex'));
    const names = Array.from({ length: 60 }, (_, i) => iaAddress(`2001:db8:1::${(i + 1000).toString(16)}`));
    t.match(partsOf(engine.ask(message(renew, 1, iaNa(1, ...names)))!)[0]!.match(/ 0\/0/g)?.length, 60);
    t.equal(faultOf(engine), '');
  },
);
