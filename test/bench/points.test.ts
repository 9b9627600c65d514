import t from 'tap';
import { parseContenders } from '../../bench/contenders.ts';
import { describeDisk } from '../../bench/disk.ts';
import { describePoint, parsePoints } from '../../bench/points.ts';
import { costsBetween, readCosts } from '../../bench/thread-cost.ts';

t.test('loads are exchanges in flight, or exchanges a second', async (t) => {
  t.same(parsePoints('1, 10000/s'), [
    { kind: 'closed', inFlight: 1 },
    { kind: 'steady', ratePerSec: 10_000 },
  ]);
  t.same(parsePoints('8,500/s').map(describePoint), ['8 in flight', '500/s']);
  for (const wrong of ['', '0', '8/', 'x/s', '1,,2']) t.throws(() => parsePoints(wrong), /no load/, wrong);
});

t.test('contenders are programs, pairs of two programs, and builds of other trees', async (t) => {
  t.same(
    parseContenders('tandem,kea2,tandem+kea3').map(({ name }) => name),
    ['Tandem', 'Kea 2.2', 'Tandem + Kea 3.0'],
  );
  t.throws(() => parseContenders('bind'), /no program "bind"/);
  t.throws(() => parseContenders('tandem:/nowhere'), /no build in \/nowhere/);
  t.throws(() => parseContenders('kea2+kea2+kea2'), /more than a pair/);
  const [own] = parseContenders(`tandem:${process.cwd()}`);
  t.match(own?.name, /^Tandem \//);
});

t.test('what a process has used is told by thread, from one snapshot to the next', async (t) => {
  const before = readCosts([process.pid]);
  const worked = process.cpuUsage();
  while (process.cpuUsage(worked).user < 50_000);
  const costs = costsBetween(before, readCosts([process.pid]));
  const main = costs.find(({ name }) => name === 'main');
  t.ok((main?.userUs ?? 0) + (main?.kernelUs ?? 0) > 10_000, 'of a twentieth of a second');
});

t.test('the disk is told by how long one row takes, and nothing stays of the look', async (t) => {
  t.match(describeDisk(), /^a row and fdatasync [\d.]+ ms, p99 [\d.]+ ms$/);
});
