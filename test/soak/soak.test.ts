/** The soak itself: it sees memory that grows, and a short one of a pair goes through. */
import t from 'tap';
import { Ending } from '../support/ending.ts';
import { growthOf, type MemorySample, tenthsOf } from './growth.ts';
import { soak } from './soak.ts';

const MIB = 1 << 20;

/** Samples at even distances. @param residentAt octets, by the share that is done */
function samplesOf(residentAt: (done: number) => number): MemorySample[] {
  return Array.from({ length: 100 }, (_, i) => {
    const done = i / 99;
    return { done, resident: residentAt(done), heap: 10 * MIB, external: MIB };
  });
}

t.test('what is touched in the first tenth is no growth, and garbage is none', async (t) => {
  const samples = samplesOf((done) => (done < 0.1 ? 50 : 100 + Math.random() * 30) * MIB);
  const steady = samples.map((sample, i) => (i % 5 === 0 ? { ...sample, resident: 100 * MIB } : sample));
  t.equal(growthOf(steady).resident, 0);
  t.equal(tenthsOf(steady).length, 10);
});

t.test('memory that grows all the time is seen', async (t) => {
  const { resident, heap } = growthOf(samplesOf((done) => (100 + 10 * done) * MIB));
  t.ok(resident > 0.05 && resident < 0.07, `${resident}`);
  t.equal(heap, 0);
});

t.test('a load that was over too soon says nothing', async (t) => {
  t.throws(() => growthOf([{ done: 1, resident: 1, heap: 1, external: 1 }]), /too short/);
});

t.test('a pair is soaked: each server has samples of every tenth', async (t) => {
  const ending = new Ending();
  t.teardown(() => ending.end());
  const { exchanges, conflicts, samples } = await soak(ending, { exchanges: 4_000, isPair: true });
  t.ok(exchanges >= 4_000);
  t.equal(conflicts, 0, 'no address was given twice');
  t.same([...samples.keys()], ['a', 'b']);
  for (const each of samples.values())
    t.ok(each.length >= 2 && each.every(({ resident, heap, external }) => resident > heap && external > 0));
});
