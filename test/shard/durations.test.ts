/** What a shard measures of its answers, on a real socket, with a clock of the test's own. */
import t, { type Test } from 'tap';
import { PERFMON_PAIRS } from '../../src/config/hook-model.ts';
import { DurationReader } from '../../src/engine/figures/duration-reader.ts';
import { allocateDurations, CELLS, Cell, Span } from '../../src/engine/figures/durations.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { ip, packet } from '../engine/packets.ts';
import { discover, lease, mac, type Options, release, renew, request, serverFor } from '../engine/queries.ts';
import { TestClock } from '../engine/test-clock.ts';

const OFFER = 0;
const ACK = 1;
const NAK = 2;
const INFORMED = 3;
const WAIT_MS = 30;
const ATTEMPTS_MAX = 100;

interface Found {
  readonly subnet: number;
  readonly pair: number;
  readonly counts: readonly number[];
  /** The last one, of the whole, without the first, which is real time. */
  readonly totalsMs: readonly number[];
}

function start(t: Pick<Test, 'teardown'>, dhcp4: Record<string, unknown> = {}, hasQueue = true) {
  const clock = new TestClock();
  const memory = allocateDurations(1, 1, PERFMON_PAIRS[4].length, hasQueue);
  const reader = new DurationReader(memory);
  reader.switchOn(true);
  const server = serverFor(t, dhcp4, { clock, durations: memory });
  const collect = (visit: (each: (subnet: number, pair: number, row: Float64Array) => void) => void) => {
    const found: Found[] = [];
    visit((subnet, pair, row) => {
      const of = (cell: number): number[] =>
        Array.from({ length: 5 }, (_, span) => row[span * CELLS + cell]!);
      found.push({
        subnet,
        pair,
        counts: of(Cell.count),
        totalsMs: of(Cell.total).map((us, span, all) =>
          Math.round((span === Span.total ? us - all[Span.received]! : us) / 1000),
        ),
      });
    });
    return found;
  };
  return {
    server,
    clock,
    reader,
    memory,
    now: () => collect((each) => reader.lookNow(each)),
    before: () => collect((each) => reader.takeBefore(each)),
  };
}

/** A client in INIT-REBOOT with an address of elsewhere. */
function reboot(client: number, options: Options = []): Uint8Array {
  return packet({ type: 3, mac: mac(client), options: [[50, ip('192.168.1.1')], ...options] });
}

t.test('each answer counts once, with its pair and its subnet', async (t) => {
  const { server, now } = start(t, { authoritative: true });
  const { yiaddr } = lease(server, 1);
  server.ask(renew(1, yiaddr));
  server.ask(reboot(2));
  server.ask(packet({ type: 8, mac: mac(1), ciaddr: yiaddr, giaddr: '0.0.0.0' }));
  t.same(
    now().map(({ subnet, pair, counts }) => [subnet, pair, counts]),
    [
      [-1, INFORMED, [1, 1, 1, 1, 1]],
      [0, OFFER, [1, 1, 1, 1, 1]],
      [0, ACK, [2, 2, 2, 2, 2]],
      [0, NAK, [1, 1, 1, 1, 1]],
    ],
  );
});

t.test('what is not answered is not measured', async (t) => {
  const { server, now } = start(t);
  server.ask(release(1, '10.0.0.10'));
  server.ask(packet({ mac: mac(1), giaddr: '172.16.0.1' }));
  server.ask(Uint8Array.of(1, 2, 3));
  t.same(now(), []);
});

t.test('a reply that waits for the disk and the partner is complete when it leaves', async (t) => {
  const { server, clock, now } = start(t);
  server.policy({ updateMode: UpdateMode.await });
  server.send(discover(1));
  server.send(request(1, '10.0.0.10'));
  clock.pass(0.1);
  server.makeDurable();
  t.same(
    now().map(({ pair }) => pair),
    [OFFER],
    'it waits for the partner',
  );
  clock.pass(0.15);
  server.verdict(1, 1, Verdict.confirmed);
  const [, acknowledged] = now();
  t.same(acknowledged!.counts, [1, 1, 1, 1, 1]);
  t.same(acknowledged!.totalsMs.slice(1), [0, 0, 250, 250]);
});

t.test('replies that never leave are not measured, nor is their slot taken for another', async (t) => {
  const { server, clock, now } = start(t);
  server.policy({ updateMode: UpdateMode.await });
  server.send(request(1, '10.0.0.10'));
  server.makeDurable();
  server.verdict(1, 1, Verdict.rejected);
  t.same(now(), []);
  clock.pass(1);
  server.ask(discover(2));
  t.match(now(), [{ pair: OFFER, counts: [1, 1, 1, 1, 1] }]);
  t.same(now()[0]!.totalsMs.slice(1), [0, 0, 0, 0]);
});

t.test('the wait in the socket is what the kernel says, and part of the whole', async (t) => {
  const { server, reader, now } = start(t);
  // The kernel begins to stamp a moment after a turn has told it to.
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    reader.takeNow(() => {});
    server.turn();
    server.post(discover(1));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    server.send(discover(2));
    if (now()[0]!.totalsMs[Span.received]! >= WAIT_MS) break;
  }
  const [offers] = now();
  t.same(offers!.counts, [2, 2, 2, 2, 2]);
  t.ok(offers!.totalsMs[Span.received]! >= WAIT_MS, `${offers!.totalsMs}`);
  t.equal(offers!.totalsMs[Span.total], 0, 'the rest of the whole: the clock of the server stood still');
});

t.test('with one thread there is no milestone of the queue', async (t) => {
  const { server, now } = start(t, {}, false);
  server.ask(discover(1));
  t.match(now(), [{ pair: OFFER, counts: [1, 0, 1, 1, 1] }]);
});

t.test('an answer that is sent again is measured again', async (t) => {
  const { server, clock, now } = start(t);
  lease(server, 1);
  clock.pass(2);
  server.ask(request(1, '10.0.0.10'));
  t.equal(server.statistic('tandem-repeated-answered'), 1);
  const [, acknowledged] = now();
  t.match(acknowledged, { subnet: 0, pair: ACK, counts: [2, 2, 2, 2, 2] });
  t.equal(acknowledged!.totalsMs[Span.processed], 0, 'from the second query on');
});

t.test('switched off and on at run time: only what began and ended while it was on counts', async (t) => {
  const { server, reader, now } = start(t);
  reader.switchOn(false);
  server.ask(discover(1));
  server.send(request(1, '10.0.0.10'));
  reader.switchOn(true);
  server.makeDurable();
  t.same(now(), [], 'it began while it was off');
  server.send(request(2, '10.0.0.11'));
  reader.switchOn(false);
  server.makeDurable();
  t.same(now(), [], 'it ended while it was off');
  reader.switchOn(true);
  server.turn();
  server.send(discover(3));
  t.match(now(), [{ pair: OFFER, counts: [1, 1, 1, 1, 1] }]);
});

t.test('intervals: a shard leaves one with its next turn, and main empties it', async (t) => {
  const { server, reader, now, before } = start(t);
  server.ask(discover(1));
  t.ok(reader.isSettled);
  reader.turnOver();
  t.notOk(reader.isSettled);
  server.turn();
  t.ok(reader.isSettled);
  server.ask(request(1, '10.0.0.10'));
  t.match(before(), [{ pair: OFFER, counts: [1, 1, 1, 1, 1] }]);
  t.same(before(), [], 'taken once');
  t.match(now(), [{ pair: ACK }]);
  reader.turnOver();
  server.turn();
  t.match(before(), [{ pair: ACK }]);
  t.same(now(), []);
});

t.test('without the library, after one that had it: answers as before', async (t) => {
  const { server, now } = start(t);
  server.ask(discover(1));
  server.restart({ durations: null });
  t.equal(server.ask(discover(2))?.type, 2);
  t.match(now(), [{ pair: OFFER, counts: [1, 1, 1, 1, 1] }]);
});

t.test('what is refused without a subnet is of no subnet', async (t) => {
  const { server, now } = start(t, { authoritative: true });
  t.ok(server.ask(reboot(1, [[118, ip('172.16.9.9')]])));
  t.match(now(), [{ subnet: -1, pair: NAK, counts: [1, 1, 1, 1, 1] }]);
});
