/** What main hears of DHCPv6 leases: one event for each message that changes leases, with all that it came to. */
import t from 'tap';
import { formatIpv6 } from '../../../../src/base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../../../src/dhcp6/codes.ts';
import { ExpiringLeases6 } from '../../../../src/engine/dhcp6/leases/expiring-leases.ts';
import { Listening } from '../../../../src/engine/leases/lease-events.ts';
import { Reclaimer } from '../../../../src/engine/leases/reclaim.ts';
import type { LeaseEvent6 } from '../../../../src/events/dhcp6/event.ts';
import { parseLeaseEvent6 } from '../../../../src/events/dhcp6/parse.ts';
import { EventReader } from '../../../../src/events/reader.ts';
import type { Lease6 } from '../../../../src/lease/dhcp6/model.ts';
import { LeaseEventKind } from '../../../../src/lease/events.ts';
import { parseTest6 } from '../../../classes/dhcp6/membership.ts';
import { Random } from '../../../interop/differential/random.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { clientClass, config6, HOME, pool } from '../config.ts';
import { duid, iaAddress, iaNa, iaPd, iaPrefix, message, opt, relayed } from '../messages.ts';

const { solicit, request, renew, rebind, release, decline } = MessageType;
const FIRST = '2001:db8:1::10';
const PREFIX = '2001:db8:8000::/56';

function engineFor(more: Parameters<typeof config6>[0] = {}): BenchEngine6 {
  return new BenchEngine6(config6(more), { listening: Listening.queries });
}

function heard(engine: BenchEngine6): LeaseEvent6[] {
  const events: LeaseEvent6[] = [];
  const reader = new EventReader(engine.eventMemory, {
    durable: () => 0,
    parse: parseLeaseEvent6,
    take: (event) => void events.push(event),
  });
  reader.close();
  return events;
}

const KINDS = new Map(Object.entries(LeaseEventKind).map(([name, kind]) => [kind, name]));

/** "kind -former +given ~renewed !replaced" */
function told({ kind, former, written, replaced }: LeaseEvent6): string {
  const at = ({ address }: Lease6): string => formatIpv6(address);
  return [
    KINDS.get(kind),
    ...former.map((lease) => `-${at(lease)}`),
    ...written.map(({ lease, isRenewed }) => `${isRenewed ? '~' : '+'}${at(lease)}`),
    ...replaced.map((lease) => `!${at(lease)}`),
  ].join(' ');
}

t.test('leases are given, go on, are given back and declined: an event a message', async (t) => {
  const engine = engineFor();
  engine.ask(message(solicit, 1, iaNa(1), iaPd(2)));
  t.same(heard(engine), [], 'an offer is none');
  engine.ask(message(request, 1, iaNa(1), iaPd(2)));
  engine.clock.pass(10);
  engine.ask(message(renew, 1, iaNa(1, iaAddress(FIRST)), iaPd(2, iaPrefix(PREFIX)), iaNa(3)));
  engine.ask(message(rebind, 1, iaNa(1, iaAddress(FIRST))));
  engine.ask(message(release, 1, iaNa(1, iaAddress(FIRST)), iaPd(2, iaPrefix(PREFIX))));
  engine.ask(message(release, 1, iaNa(1, iaAddress(FIRST))));
  engine.ask(message(decline, 1, iaNa(3, iaAddress('2001:db8:1::11'))));
  const events = heard(engine);
  t.same(events.map(told), [
    `granted +${FIRST} +2001:db8:8000::`,
    `renewed ~${FIRST} ~2001:db8:8000:: +2001:db8:1::11`,
    `renewed ~${FIRST}`,
    `released -${FIRST} -2001:db8:8000::`,
    'declined -2001:db8:1::11 +2001:db8:1::11',
  ]);
  const [granted, renewed, , released, declined] = events;
  t.match(granted?.written[1]?.lease, { type: 2, prefixLength: 56, iaid: 2, subnetId: 1, state: 0 });
  t.equal(renewed!.written[0]!.lease.clttSec, granted!.written[0]!.lease.clttSec + 10);
  t.match(released?.query, { messageType: release, relay: null, interfaceId: null, sourcePort: 546 });
  t.equal(declined?.former[0]?.duid.length, duid(1).length, 'who declined it');
  t.match(declined?.written[0]?.lease, { state: 1, hostname: '' });
});

t.test('the query: ends, client, identity associations', async (t) => {
  const engine = engineFor();
  const ia = opt(OptionCode.iaNa, [0, 0, 0, 7, 0, 0, 1, 0, 0, 0, 2, 0]);
  engine.ask(message(request, 5, ia, iaPd(0xffff_ffff)));
  const [{ query }] = heard(engine) as [LeaseEvent6];
  t.match(query, { messageType: request, transactionId: 0xabcdef, interfaceName: 'eth0', sourcePort: 546 });
  t.equal(formatIpv6(query!.localAddress), 'ff02::1:2');
  t.equal(formatIpv6(query!.sourceAddress), 'fe80::200:ff:fe00:1');
  t.strictSame([...query!.duid], [...duid(5)]);
  t.same(query!.ias, [
    { code: 3, iaid: 7, t1Sec: 256, t2Sec: 512 },
    { code: 25, iaid: 0xffff_ffff, t1Sec: 0, t2Sec: 0 },
  ]);
});

t.test('relays: the outermost, and the options that are the nearest to the client', async (t) => {
  const engine = engineFor();
  const inner = message(request, 1, iaNa(1));
  const near = relayed(inner, '2001:db8:1::1', 'fe80::9', opt(18, [1, 2]), opt(38, []));
  const far = relayed(near, '::', 'fe80::5', opt(18, [3]), opt(37, Array(900).fill(0x41)));
  far[1] = 1;
  engine.ask(far);
  const [{ query }] = heard(engine) as [LeaseEvent6];
  t.match(query, { messageType: request, relay: { hopCount: 1 } });
  t.equal(formatIpv6(query!.relay!.peerAddress), 'fe80::5');
  t.equal(formatIpv6(query!.relay!.linkAddress), '::');
  t.strictSame([...query!.interfaceId!], [1, 2]);
  t.equal(query!.remoteId!.length, 900);
  t.equal(query!.subscriberId!.length, 0);
});

t.test('a client that may not keep what it had loses it for something else', async (t) => {
  const parsed = parseTest6('option[15].exists');
  const users = clientClass('users', { test: parsed.ok ? parsed.node : null });
  const pools = [
    pool('2001:db8:1::10 - 2001:db8:1::1f', { clientClasses: ['users'] }),
    pool('2001:db8:1::20 - 2001:db8:1::2f'),
  ];
  const engine = engineFor({ clientClasses: [users], subnets: [{ ...HOME, pools }] });
  engine.ask(message(request, 1, iaNa(1), opt(15, [0, 1, 0x61])));
  engine.ask(message(renew, 1, iaNa(1, iaAddress(FIRST))));
  const [, lost] = heard(engine);
  t.equal(told(lost!), `granted +2001:db8:1::20 !${FIRST}`);
});

t.test('leases that run out, and declined addresses that come back', async (t) => {
  const engine = engineFor();
  engine.ask(message(request, 1, iaNa(1)));
  engine.ask(message(request, 2, iaNa(1)));
  engine.ask(message(decline, 2, iaNa(1, iaAddress('2001:db8:1::11'))));
  engine.clock.pass(5000);
  heard(engine);
  const { book, events, statistics, subnets } = engine.context;
  const counting = { book, statistics, subnets, subnet: null };
  const expiring = new ExpiringLeases6(
    book,
    () => counting,
    () => events,
  );
  await new Reclaimer(expiring, engine.clock).cycle(config6().expiredLeases, true, async () => {});
  const last = heard(engine);
  t.same(new Set(last.map(told)), new Set([`expired -${FIRST}`, 'recovered -2001:db8:1::11']));
  t.same(
    last.map(({ query }) => query),
    [null, null],
  );
});

t.test('whatever octets a relay and a client send, what is told of them can be read', async (t) => {
  const engine = engineFor();
  const random = new Random(20);
  const inner = message(request, 1, iaNa(1), iaPd(2), iaNa(3));
  const whole = relayed(
    inner,
    '2001:db8:1::1',
    'fe80::9',
    opt(18, [1, 2]),
    opt(37, [0, 0, 0, 1, 2]),
    opt(38, []),
  );
  let count = 0;
  for (let i = 0; i < 3000; i++) {
    const octets = Uint8Array.from(whole);
    for (let changes = random.below(4); changes >= 0; changes--)
      octets[random.below(octets.length)] = random.below(256);
    engine.ask(octets.subarray(0, octets.length - random.below(3)));
    for (const { query } of heard(engine)) {
      count++;
      if (query === null || query.ias.length > 128 || query.duid.length > 130) t.fail(`${octets}`);
    }
  }
  t.ok(count > 100, `${count} events`);
});

t.test(
  'messages that might have changed leases and have changed none, where somebody wants to hear of them',
  async (t) => {
    const queries: readonly (readonly [string, Uint8Array])[] = [
      ['', message(solicit, 1, iaNa(1))],
      ['unchanged', message(request, 1)],
      ['unchanged', message(release, 1, iaNa(1, iaAddress(FIRST)))],
      ['unchanged', message(decline, 1, iaNa(1, iaAddress(FIRST)))],
      ['', message(MessageType.confirm, 1, iaNa(1, iaAddress(FIRST)))],
      ['', message(MessageType.informationRequest, 1)],
    ];
    const wanting = new BenchEngine6(config6(), { listening: Listening.all });
    const other = engineFor();
    for (const [kinds, datagram] of queries) {
      wanting.ask(datagram);
      other.ask(datagram);
      const events = heard(wanting);
      t.equal(events.map(told).join(), kinds);
      for (const { query } of events) t.equal(query?.messageType, datagram[0]);
      t.same(heard(other), []);
    }
  },
);

t.test('nobody listens: nothing is written', async (t) => {
  const engine = new BenchEngine6(config6());
  engine.ask(message(request, 1, iaNa(1)));
  t.same(heard(engine), []);
});
