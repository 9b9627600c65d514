/** Leases that main sends by a stream itself, beside the update log. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { closeFd } from '../../src/io/udp.ts';
import { DeliveryReader, encodeDelivery } from '../../src/link/delivery.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import { LinkServer } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;

function records(addresses: readonly number[]): Uint8Array {
  return encodeDelivery(
    addresses.map((address) => {
      const bytes = encodeRecord({ address });
      return { bytes, offset: 0, length: bytes.length };
    }),
  );
}

function pairOf(t: Test) {
  const a = new LinkServer(t, 'server1');
  const b = new LinkServer(t, 'server2', { changeLogBytes: 1 << 24 });
  const fds = socketPair();
  const open = new Set<number>(fds);
  t.teardown(() => open.forEach(closeFd));
  const connection = a.open(fds[0]);
  b.open(fds[1]);
  const turn = (turns = 6): void => {
    for (let i = 0; i < turns; i++) {
      a.turn();
      b.turn();
    }
  };
  turn();
  const deliver = (delivery: number, addresses: readonly number[], at = connection): void =>
    a.order({ kind: 'deliver', route: 1, connection: at, delivery, records: records(addresses) });
  const closeSecond = (): void => {
    open.delete(fds[1]);
    closeFd(fds[1]);
  };
  return { a, b, turn, deliver, closeSecond };
}

t.test('records are read in the order in which they were put down', async (t) => {
  const reader = new DeliveryReader(records([BASE, BASE + 1]));
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const lengths: number[] = [];
  while (reader.next(record)) lengths.push(record.length);
  t.equal(lengths.length, 2);
  t.equal(reader.isEmpty(), true);
  t.equal(new DeliveryReader(new Uint8Array(0)).next(record), false);
});

t.test('a delivery is answered when all of it is durable, with what was refused', async (t) => {
  const { a, b, turn, deliver } = pairOf(t);
  deliver(1, [BASE, ELSEWHERE, BASE + 1]);
  turn();
  t.same(a.heard('delivered'), [], 'not before it is on the disk');
  b.makeDurable();
  turn();
  t.match(a.heard('delivered'), [
    { delivery: 1, refused: [{ address: ELSEWHERE, code: 4, reason: /subnet/ }] },
  ]);
  t.same(a.heard('news'), [], 'it is nobody`s update');
  t.ok(b.lease(BASE) && b.lease(BASE + 1));
  t.match(a.figures(), { recordsSent: 3, recordsAcknowledged: 3, recordsRefused: 1 });
  deliver(2, [BASE + 2]);
  turn();
  b.makeDurable();
  turn();
  t.match(a.heard('delivered')[1], { delivery: 2, refused: [] });
});

t.test('more than the window holds goes as room comes', async (t) => {
  const { a, b, turn, deliver } = pairOf(t);
  const addresses = Array.from({ length: 40_000 }, (_, i) => BASE + i);
  deliver(1, addresses);
  for (let i = 0; i < 20; i++) {
    turn(2);
    b.makeDurable();
  }
  t.match(a.heard('delivered'), [{ delivery: 1, refused: [] }]);
  t.equal(b.figures().recordsReceived, 40_000);
});

t.test('the log is lent behind a delivery, and a delivery goes when the log is back', async (t) => {
  const { a, b, turn, deliver } = pairOf(t);
  deliver(1, [BASE]);
  turn();
  b.makeDurable();
  turn();
  a.lend();
  const number = a.write([{ address: BASE + 1 }]);
  turn();
  b.makeDurable();
  turn();
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
  a.order({ kind: 'recall', route: 1 });
  turn();
  t.equal(a.heard('drained').length, 1);
  deliver(2, [BASE + 2]);
  turn();
  b.makeDurable();
  turn();
  t.equal(a.heard('delivered').length, 2);
});

t.test('the end of the connection ends a delivery; nothing of it is owed to anybody', async (t) => {
  const { a, turn, deliver, closeSecond } = pairOf(t);
  deliver(1, [BASE, BASE + 1]);
  turn();
  closeSecond();
  for (let i = 0; i < 4; i++) a.turn();
  const [down] = a.heard('down');
  t.match(down, { unconfirmed: 2 });
  t.equal(down!.owed.length, 0);
  t.same(a.heard('delivered'), []);
  deliver(2, [BASE]);
  a.turn();
  t.same(a.heard('delivered'), [], 'main hears of the end');
});

t.test('a stop waits for what is delivered', async (t) => {
  const { a, b, turn, deliver } = pairOf(t);
  deliver(1, [BASE]);
  turn(1);
  a.order({ kind: 'stop' });
  b.turn();
  b.makeDurable();
  b.turn();
  a.run();
  t.equal(a.heard('delivered').length, 1);
  t.match(a.heard('down'), [{ unconfirmed: 0 }]);
});
