import t from 'tap';
import { Observations } from '../../../src/app/ha/observations.ts';
import { allocateByteRing, ringFill } from '../../../src/base/byte-ring.ts';
import { ObservationWriter } from '../../../src/shard/observations.ts';

function setUp() {
  const rings = [allocateByteRing(1 << 18), allocateByteRing(1 << 18)];
  const writers = rings.map((ring) => new ObservationWriter(ring));
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  const deliver = (
    relationship: number,
    clients: readonly { hwAddress: string; waitedMs: number }[],
  ): void => {
    seen.push(
      `${relationship}: ${clients.map(({ hwAddress, waitedMs }) => `${hwAddress} ${waitedMs}`).join(', ')}`,
    );
  };
  const observations = new Observations(rings, deliver, {
    after: (_delayMs, action) => {
      waiting.add(action);
      return () => waiting.delete(action);
    },
  });
  return {
    observations,
    seen,
    waiting,
    report: (shard: number, relationship: number, client: number, waitedMs: number): void => {
      const hw = { bytes: Uint8Array.of(client), offset: 0, length: 1 };
      t.ok(writers[shard]!.write(relationship, waitedMs, hw, { ...hw, length: 0 }));
    },
    pass: (): void => {
      for (const action of [...waiting]) {
        waiting.delete(action);
        action();
      }
    },
    filled: (): number => rings.reduce((sum, { control }) => sum + ringFill(new Int32Array(control)), 0),
  };
}

t.test('nothing is looked at, and no timer runs, while every partner is well', async (t) => {
  const { observations, waiting } = setUp();
  t.equal(waiting.size, 0);
  observations.watch(0, false);
  t.equal(waiting.size, 0);
});

t.test(
  'while a policy asks, what all shards have seen is told by relationship, again and again',
  async (t) => {
    const { observations, report, pass, seen, waiting } = setUp();
    observations.watch(1, true);
    observations.watch(1, true);
    t.equal(waiting.size, 1);
    report(0, 1, 0xaa, 300);
    report(1, 1, 0xbb, 2);
    report(1, 0, 0xcc, 1);
    pass();
    t.same(seen, ['1: aa 300, bb 2', '0: cc 1']);
    pass();
    report(0, 1, 0xdd, 4);
    pass();
    t.same(seen.slice(2), ['1: dd 4'], 'nobody is told of nothing');
    observations.watch(0, true);
    observations.watch(1, false);
    t.equal(waiting.size, 1, 'the other one still asks');
    observations.watch(0, false);
    t.equal(waiting.size, 0);
  },
);

t.test('what was seen when nobody asked any more is not told at the next silence', async (t) => {
  const { observations, report, pass, seen, filled } = setUp();
  observations.watch(0, true);
  observations.watch(0, false);
  report(0, 0, 0xaa, 9);
  observations.watch(0, true);
  t.equal(filled(), 0, 'its room is free again');
  pass();
  t.same(seen, []);
  observations.stop();
  pass();
  t.same(seen, []);
  observations.watch(0, true);
  report(0, 0, 0xbb, 1);
  pass();
  t.same(seen, ['0: bb 1'], 'after a stop it goes on when it is asked again');
});
