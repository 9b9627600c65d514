/** The counts of classes that templates make: exact however many come and go. */
import t from 'tap';
import { allocateSpawnedCounts, SpawnedCounts } from '../../src/lease/spawned-counts.ts';

const nameOf = (text: string) => ({ bytes: Buffer.from(`..${text}`), offset: 2, length: text.length });

t.test('names of limited templates count alone', async (t) => {
  const counts = new SpawnedCounts(allocateSpawnedCounts(4, ['SPAWN_a_', 'SPAWN_a_b_']));
  t.equal(counts.perLease, 2);
  for (const name of ['SPAWN_a_', 'SPAWN_a_x', 'SPAWN_a_b_x']) t.ok(counts.isCounted(nameOf(name)), name);
  for (const name of ['', 'a', 'SPAWN_b_x', 'SPAWN_a', 'xSPAWN_a_'])
    t.notOk(counts.isCounted(nameOf(name)), name);
});

t.test('whatever comes and goes, the counts are those of a map', async (t) => {
  // As full as it may ever be, so that the places of most names are taken by others.
  const leasesMax = 64;
  const memory = allocateSpawnedCounts(leasesMax, ['SPAWN_a_']);
  const shards = [new SpawnedCounts(memory), new SpawnedCounts(memory)];
  const wanted = new Map<string, number>();
  const leases: string[] = [];
  let seed = 99;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % bound;
  };
  for (let step = 0; step < 20_000; step++) {
    const isArrival = leases.length < leasesMax && (leases.length === 0 || below(5) > 1);
    const name = isArrival ? `SPAWN_a_${below(200)}` : leases.splice(below(leases.length), 1)[0]!;
    if (isArrival) leases.push(name);
    wanted.set(name, (wanted.get(name) ?? 0) + (isArrival ? 1 : -1));
    shards[step % 2]!.add(nameOf(name), isArrival ? 1 : -1);
    const looked = `SPAWN_a_${below(200)}`;
    if (shards[0]!.count(nameOf(looked)) !== (wanted.get(looked) ?? 0)) t.fail(`${looked} at ${step}`);
  }
  for (const [name, count] of wanted) t.equal(shards[0]!.count(nameOf(name)), count);
  for (const name of leases) shards[1]!.add(nameOf(name), -1);
  t.ok(
    new Uint32Array(memory.places).every((word, at) => at % 3 !== 2 || word === 0),
    'every place is free',
  );
  shards[0]!.add(nameOf('SPAWN_a_1'), 1);
  shards[0]!.clear();
  t.equal(shards[1]!.count(nameOf('SPAWN_a_1')), 0);
});
