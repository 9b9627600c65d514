/** Two link threads of DHCPv6: records of addresses and prefixes, what is refused, who is greeted. */
import t, { type Test } from 'tap';
import { Verdict } from '../../../src/engine/parked/verdicts.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { LeaseType } from '../../../src/lease/dhcp6/model.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { address6, prefixAddress6 } from '../../peer/support/records6.ts';
import { LinkServer, LinkServer6 } from '../support/link-server.ts';
import { join, type LinkPair, turn } from '../support/pair.ts';
import { cutConnection, socketPair } from '../support/socket-pair.ts';

const ADDRESS = address6('2001:db8:1::1:5');
const OUTSIDE = address6('2001:db8:9::1');
const PREFIX = prefixAddress6('2001:db8:8000:300::');
const ELSEWHERE = prefixAddress6('3fff:0:0:100::');

/** With a stream, the log of the first one lent. */
function pairOf(t: Test): LinkPair<LinkServer6> {
  const pair = join(t, new LinkServer6(t, 'server1'), new LinkServer6(t, 'server2'));
  t.equal(pair.a.heard('up').length + pair.b.heard('up').length, 2);
  pair.a.lend();
  pair.a.turn();
  return pair;
}

function settle(pair: LinkPair<LinkServer6>): void {
  turn(pair, 4);
  pair.b.makeDurable();
  turn(pair, 4);
}

t.test('an address and a prefix of one message are confirmed together, when both are durable', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([
    { address: ADDRESS, hostname: 'a.example' },
    { address: PREFIX, userContext: '{"of":"a"}' },
  ]);
  turn(pair, 4);
  t.match(b.lease(ADDRESS), { type: LeaseType.na, prefixLength: 128, hostname: 'a.example', subnetId: 1 });
  t.match(b.lease(PREFIX), { type: LeaseType.pd, prefixLength: 56, userContext: '{"of":"a"}' });
  t.equal(b.assigned(1), 1, 'prefixes are counted apart');
  t.same(a.shards.of(0, number), []);
  b.makeDurable();
  turn(pair, 4);
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
});

t.test('deletions delete, of an address, of a prefix, and of what is not there', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.write([{ address: ADDRESS }, { address: PREFIX }]);
  const number = a.write([
    { address: ADDRESS, isUpdate: false },
    { address: PREFIX, isUpdate: false },
    { address: OUTSIDE, isUpdate: false },
  ]);
  settle(pair);
  t.equal(b.leases().size, 0);
  t.equal(b.assigned(1), 0);
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
});

t.test(
  'an unknown subnet and an address outside of its own are refused, a prefix may lie anywhere',
  async (t) => {
    const pair = pairOf(t);
    const { a, b } = pair;
    const [outside, unknown, half, prefix] = [
      a.write([{ address: OUTSIDE }]),
      a.write([{ address: ADDRESS, subnetId: 77 }]),
      a.write([{ address: PREFIX }, { address: OUTSIDE }]),
      a.write([{ address: ELSEWHERE }]),
    ];
    const lost = a.write([{ address: ELSEWHERE, subnetId: 77 }]);
    settle(pair);
    t.same(a.shards.of(0, outside), [Verdict.rejected]);
    t.same(a.shards.of(0, unknown), [Verdict.rejected]);
    t.same(a.shards.of(0, half), [Verdict.rejected], 'each record of a transaction counts');
    t.same(a.shards.of(0, prefix), [Verdict.confirmed]);
    t.same(a.shards.of(0, lost), [Verdict.rejected]);
    t.same([...b.leases().keys()].sort(), [PREFIX, ELSEWHERE].sort());
    const [news] = a.heard('news');
    t.match(news?.news, {
      conflicts: [
        { hwAddress: '', clientId: /^00:03:00:01:20:01:0d:b8:00:09:/ },
        { clientId: /^00:03:00:01:20:01:0d:b8:00:01:/ },
        {},
        { clientId: /^00:03:00:01:3f:ff:/ },
      ],
      conflictReason: /2001:db8:9::1 .*2001:db8:1::/,
      refusals: [],
    });
  },
);

t.test('what has been declined has nobody`s DUID, and is taken', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([{ address: ADDRESS, state: LeaseState.declined, duid: new Uint8Array(3) }]);
  settle(pair);
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
  t.match(b.lease(ADDRESS), { state: LeaseState.declined });
});

t.test('a stream of the other family is refused, whoever looks first', async (t) => {
  for (const first of ['server1', 'server2'] as const) {
    const [of4, of6] = [
      new LinkServer(t, first),
      new LinkServer6(t, first === 'server1' ? 'server2' : 'server1'),
    ];
    const fds = socketPair();
    t.teardown(() => fds.forEach(closeFd));
    of4.open(fds[0]);
    of6.open(fds[1]);
    const [early, late] = first === 'server1' ? [of4, of6] : [of6, of4];
    for (let i = 0; i < 4; i++) {
      early.turn();
      late.turn();
    }
    t.equal(early.heard('up').length + late.heard('up').length, 0);
    const reasons = [of4, of6].map((server) => server.heard('down')[0]?.reason ?? '');
    t.match(
      reasons.find((reason) => reason.startsWith('protocol fault')),
      /the hello is for DHCPv(6, not DHCPv4|4, not DHCPv6)/,
    );
    t.ok(
      reasons.every((reason) => /the hello is for DHCPv/.test(reason)),
      'both know why',
    );
  }
});

t.test('the end of a connection names what is owed, with its kind', async (t) => {
  const { a, b } = pairOf(t);
  const number = a.write([{ address: ADDRESS }, { address: PREFIX, isUpdate: false }]);
  a.turn();
  b.order({ kind: 'detach', route: 1 });
  b.turn();
  a.turn();
  t.same(a.shards.of(0, number), [Verdict.rejected]);
  t.same([...a.heard('down')[0]!.owed], [ADDRESS, PREFIX]);
});

t.test('1,000 transactions, and a connection that is cut anywhere: one verdict each', async (t) => {
  const COUNT = 1_000;
  for (const cutAt of [7, 300]) {
    const [a, b] = [new LinkServer6(t, 'server1'), new LinkServer6(t, 'server2')];
    const fds = socketPair();
    t.teardown(() => fds.forEach(closeFd));
    a.open(fds[0]);
    b.open(fds[1]);
    turn({ a, b }, 4);
    a.lend();
    a.turn();
    for (let host = 0; host < COUNT; host++) {
      const hex = host.toString(16);
      a.write([
        { address: address6(`2001:db8:1::1:${hex}`) },
        { address: prefixAddress6(`2001:db8:80${hex.padStart(4, '0').slice(0, 2)}:${hex.slice(-2)}00::`) },
      ]);
      if (host === cutAt) cutConnection(fds[0]);
      if (host % 10 !== 0 && host !== cutAt) continue;
      a.turn();
      b.turn();
      b.makeDurable();
    }
    turn({ a, b }, 4);
    const [down] = a.heard('down');
    t.ok(down, `${cutAt}`);
    const settled = [...a.shards.given[0]!.values()];
    t.ok(settled.every((verdicts) => verdicts.length === 1));
    for (let host = 0; host < cutAt; host++)
      if (a.shards.of(0, host + 1)[0] === Verdict.confirmed)
        t.ok(b.lease(address6(`2001:db8:1::1:${host.toString(16)}`)), 'what is confirmed is there');
  }
});
