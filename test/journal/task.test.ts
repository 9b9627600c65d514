/** The journal as a whole: killed at any moment, and on a disk that is really full. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { JournalClient } from '../../src/journal/client.ts';
import { missing, needRootAnd } from '../support/need.ts';
import { TestJournal } from './support/journal.ts';
import { addressOf, HEADER, loadAll, rowText } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

const program = (name: string): string => fileURLToPath(new URL(`./support/${name}.js`, import.meta.url));
const PATIENCE_MS = 20_000;

/** Runs a server for as long as it takes to acknowledge some leases, then kills it. @returns what it acknowledged */
async function runAndKill(path: string, first: number, enough: number): Promise<number[]> {
  const child = spawn(process.execPath, [program('acknowledging-server'), path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (output.split('\n').length > enough) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // The last line may be cut off like everything else.
  return output.split('\n').slice(0, -1).map(Number);
}

t.test('every acknowledged lease is in the files after kill -9, clean-ups or not', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const acknowledged: number[] = [];
  for (const enough of [1, 40, 500, 1_500, 3_000]) {
    const first = (acknowledged.at(-1) ?? -1) + 1_000;
    acknowledged.push(...(await runAndKill(path, first, enough)));
    const { map, report } = loadAll(path);
    const missing = acknowledged.filter((number) => !map.leases.has(formatIpv4(addressOf(number))));
    t.same(missing, [], `${acknowledged.length} acknowledged`);
    t.equal(report.rowErrorCount, 0, 'no row is damaged');
  }
  t.ok(existsSync(`${path}.2`), 'there were clean-ups');
});

/** Fills the file until the journal fails. @returns the number of rows that were appended */
async function fillDisk(journal: TestJournal, client: JournalClient): Promise<number> {
  let count = 0;
  while (client.failure() === null) {
    const change = journal.append(count++, count++, count++);
    await client.durable(change, 200).catch(() => undefined);
  }
  return count;
}

const rows = (count: number): string =>
  Array.from({ length: count }, (_, number) => rowText(number)).join('');

/** A file system of 64 KiB; null when this machine allows none. */
function mountTinyDisk(t: Test, directory: string): string | null {
  if (!needRootAnd(t, ['mount', 'umount'])) return null;
  const disk = join(directory, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    missing(t, 'root may not mount here');
    return null;
  }
  t.teardown(() => execFileSync('umount', [disk]));
  return disk;
}

t.test(
  'on a full disk nothing is acknowledged that is not there; with space all goes on, each row once',
  async (t) => {
    const disk = mountTinyDisk(t, scratchDirectory(t));
    if (disk === null) return;
    const path = join(disk, 'leases');
    writeFileSync(join(disk, 'filler'), Buffer.alloc(24 << 10));
    const journal = new TestJournal(path);
    const client = new JournalClient(journal.task);
    const { finished } = journal.start();
    const count = await fillDisk(journal, client);
    t.match(client.failure(), { step: 'write', errno: 28 });
    t.ok(journal.durable > 100 && journal.durable < count, `${journal.durable} of ${count} are durable`);
    t.equal(
      readFileSync(path, 'latin1'),
      HEADER + rows(journal.durable),
      'exactly the durable ones are in the file',
    );
    rmSync(join(disk, 'filler'));
    await client.allDurable(PATIENCE_MS);
    t.equal(readFileSync(path, 'latin1'), HEADER + rows(count));
    t.equal(client.failure(), null);
    client.stop();
    t.match(await finished, { drained: true, records: count });
  },
);

t.test('the same where the file may not grow, which needs no root', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  // 16 blocks: of 512 octets in dash, of 1,024 in bash.
  const child = spawn(
    'sh',
    ['-c', 'ulimit -f 16; exec "$@"', 'sh', process.execPath, program('filling-server'), path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const output = JSON.parse(await text(child.stdout)) as { durable: number; count: number; errno: number };
  const EFBIG = 27;
  t.equal(output.errno, EFBIG);
  t.ok(output.durable > 0 && output.durable < output.count, JSON.stringify(output));
  t.equal(readFileSync(path, 'latin1'), HEADER + rows(output.durable));
});
