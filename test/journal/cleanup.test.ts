/** The clean-up: what is left, what a crash leaves, and that nothing is ever lost. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { CLEANUP_ROW_ERRORS_MAX } from '../../src/journal/cleanup.ts';
import { systemFiles } from '../../src/journal/files.ts';
import { cleanUp, runCleanup } from './support/dhcp4.ts';
import { filesWith, systemFault } from './support/faulty-files.ts';
import { deletionText, HEADER, HEADER_2_1, loadAll, rowText } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/lease-files/', import.meta.url));
const CRASHING_CLEANUP = fileURLToPath(new URL('./support/crashing-cleanup.js', import.meta.url));
const row = (number: number, hostname: string): string => rowText(number, { hostname });

t.test('one row for each live lease is left, ascending, deleted ones are gone', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two') + row(1, 'two') + row(5, 'two'));
  writeFileSync(
    `${path}.1`,
    HEADER + row(300, 'one') + row(5, 'one') + deletionText(1) + row(2, 'x') + row(2, 'one'),
  );
  writeFileSync(path, HEADER + row(9, 'now'));
  t.match(runCleanup({ path }), { kind: 'done', rows: 8, leases: 4, rowErrors: 0 });
  t.same(filesIn(directory), {
    leases: HEADER + row(9, 'now'),
    'leases.2': HEADER + row(0, 'two') + row(2, 'one') + row(5, 'one') + row(300, 'one'),
  });
  t.equal(statSync(`${path}.2`).mode & 0o027, 0, 'nobody else may read it');
});

t.test('a lease that was deleted and came back is kept', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'old'));
  writeFileSync(`${path}.1`, HEADER + deletionText(0) + deletionText(0) + row(0, 'new') + deletionText(7));
  t.match(runCleanup({ path }), { leases: 1 });
  t.equal(readFileSync(`${path}.2`, 'latin1'), HEADER + row(0, 'new'));
});

t.test('without a frozen file there is nothing to do', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two'));
  writeFileSync(path, HEADER + row(1, 'now'));
  const before = filesIn(directory);
  t.same(runCleanup({ path }), { kind: 'nothing' });
  t.same(filesIn(directory), before);
});

t.test('Kea 2.2 and Tandem clean up the same file to the same leases', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  copyFileSync(join(FIXTURES, 'kea-2.2.csv'), `${path}.1`);
  t.match(runCleanup({ path }), { kind: 'done', rows: 12, leases: 7, rowErrors: 2 });
  const kea = join(directory, 'kea');
  copyFileSync(join(FIXTURES, 'kea-2.2-cleaned.csv'), kea);
  t.same(loadAll(path).map.leases, loadAll(kea).map.leases);
  t.match(readFileSync(`${path}.2`, 'latin1'), HEADER);
});

t.test(
  'rows of older schemas are brought up to date, a torn end and a missing newline are tolerated',
  async (t) => {
    const path = join(scratchDirectory(t), 'leases');
    const old = (number: number): string => row(number, 'old').replace(/,0\n$/, '\n');
    writeFileSync(`${path}.2`, (HEADER_2_1 + old(1) + old(0)).trimEnd());
    writeFileSync(`${path}.1`, `${HEADER}${row(2, 'new')}10.0.0.9,02:00`);
    t.match(runCleanup({ path }), { rows: 3, leases: 3, rowErrors: 0 });
    t.equal(readFileSync(`${path}.2`, 'latin1'), HEADER + row(0, 'old') + row(1, 'old') + row(2, 'new'));
  },
);

t.test('with many bad rows it gives up and leaves everything as it was', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const bad = (count: number): string => `${HEADER}${'bad\n'.repeat(count)}${row(0, 'a')}`;
  writeFileSync(`${path}.1`, bad(CLEANUP_ROW_ERRORS_MAX + 1));
  const before = filesIn(directory);
  t.match(runCleanup({ path }), {
    kind: 'failed',
    reason:
      /leases\.1 has more than 100 bad rows, last at line 102: the number of columns .*; correct the file/,
  });
  t.same(filesIn(directory), before);
  writeFileSync(`${path}.1`, bad(CLEANUP_ROW_ERRORS_MAX));
  t.match(runCleanup({ path }), { kind: 'done', leases: 1, rowErrors: CLEANUP_ROW_ERRORS_MAX });
});

t.test('a file that is no lease file is not merged', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.1`, 'something else\n');
  t.match(runCleanup({ path }), { kind: 'failed', reason: /cannot use .*leases\.1: column 1 of its header/ });
});

t.test('a disk that fails leaves everything as it was, and no half-written result', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two'));
  writeFileSync(`${path}.1`, HEADER + row(1, 'one'));
  const before = filesIn(directory);
  for (const operation of ['open', 'read', 'write', 'fsync', 'rename'] as const) {
    const files = filesWith((name) => {
      if (name === operation) throw systemFault('ENOSPC', name);
    });
    t.match(cleanUp({ path }, systemClock, files), { kind: 'failed', reason: /ENOSPC: the disk is full/ });
    const { 'leases.merged': output, ...rest } = filesIn(directory);
    t.same(rest, before, operation);
    t.equal(operation === 'rename' || output === undefined, true);
  }
});

t.test('killed before any step, it loses nothing and finishes the next time', async (t) => {
  const build = (): { directory: string; path: string } => {
    const directory = scratchDirectory(t);
    const path = join(directory, 'leases');
    writeFileSync(`${path}.2`, HEADER + row(0, 'two') + row(1, 'two') + row(2, 'two'));
    writeFileSync(`${path}.1`, HEADER + row(1, 'one') + deletionText(0) + row(3, 'one'));
    writeFileSync(path, HEADER + row(3, 'now') + deletionText(2) + row(4, 'now'));
    return { directory, path };
  };
  const leases = ['10.0.0.2 one', '10.0.0.4 now', '10.0.0.5 now'];
  let steps = 0;
  for (let isDone = false; !isDone; steps++) {
    const { directory, path } = build();
    const child = spawnSync(process.execPath, [CRASHING_CLEANUP, path, String(steps)], { encoding: 'utf8' });
    isDone = child.signal !== 'SIGKILL';
    t.same(loadAll(path).map.summary(), leases, `killed before step ${steps + 1}`);
    t.equal('leases.output' in filesIn(directory), false, 'no kea-lfc appends to what it has left');
    cleanUp({ path }, systemClock, systemFiles);
    t.same(loadAll(path).map.summary(), leases, 'and after the next clean-up');
    const left = filesIn(directory);
    t.equal(left['leases.2'], HEADER + row(1, 'one') + row(2, 'two') + row(3, 'one'));
    t.same(
      Object.keys(left).filter((name) => name !== 'leases.merged'),
      ['leases', 'leases.2'],
    );
  }
  t.ok(steps >= 9, `${steps} steps`);
});

t.test(
  'what a killed kea-lfc has written is not part of the result, and does not stay for the next one',
  async (t) => {
    const directory = scratchDirectory(t);
    const path = join(directory, 'leases');
    writeFileSync(`${path}.1`, HEADER + row(1, 'one'));
    writeFileSync(`${path}.output`, HEADER + row(1, 'half'));
    t.match(runCleanup({ path }), { kind: 'done', leases: 1 });
    t.same(filesIn(directory), { 'leases.2': HEADER + row(1, 'one') });
  },
);

t.test('nothing is removed before its replacement is on stable storage', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two'));
  writeFileSync(`${path}.1`, HEADER + row(1, 'one'));
  const steps: string[] = [];
  const opened: string[] = [];
  const files = filesWith((operation, [first]) => {
    const name = String(first).replace(`${directory}/`, '').replace(directory, 'directory');
    if (operation === 'open') opened.push(name);
    if (operation === 'fsync') steps.push(`fsync ${opened.at(-1)}`);
    if (operation === 'rename' || operation === 'unlink') steps.push(`${operation} ${name}`);
  });
  t.match(cleanUp({ path }, systemClock, files), { kind: 'done' });
  t.same(steps, [
    'fsync leases.merged',
    'unlink leases.output',
    'rename leases.merged',
    'fsync directory',
    'unlink leases.2',
    'unlink leases.1',
    'rename leases.completed',
    'fsync directory',
  ]);
});

t.test('many leases in any order are merged', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const count = 20_000;
  let previous = HEADER;
  let frozen = HEADER;
  for (let i = 0; i < count; i += 2) previous += row(i, 'two');
  // A permutation: 7919 is prime and no divisor of the count.
  for (let i = 0; i < count; i++) frozen += row((i * 7919) % count, 'one');
  for (let i = 0; i < count; i += 4) frozen += deletionText(i);
  writeFileSync(`${path}.2`, previous);
  writeFileSync(`${path}.1`, frozen);
  t.match(runCleanup({ path }), { kind: 'done', rows: count * 1.75, leases: count * 0.75 });
  const { map } = loadAll(path);
  t.equal(map.leases.size, count * 0.75);
  t.ok([...map.leases.values()].every(({ hostname }) => hostname === 'one'));
  const addresses = [...map.leases.values()].map(({ address }) => address);
  t.same(
    addresses,
    [...addresses].sort((a, b) => a - b),
    'the file is in order',
  );
});
