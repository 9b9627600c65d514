/** One server for one lease file, and no refusal that outlives its reason. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lockLeaseFile } from '../../src/journal/lock.ts';
import { scratchDirectory } from './support/scratch.ts';

function reason(path: string): string {
  const outcome = lockLeaseFile(path);
  return outcome.kind === 'refused' ? outcome.reason : 'held';
}

/** A process that holds the lock until it is killed. */
async function holder(path: string): Promise<ChildProcess> {
  const module = new URL('../../src/journal/lock.js', import.meta.url).href;
  const program = `
    import { lockLeaseFile } from '${module}';
    console.log(lockLeaseFile(process.argv[1]).kind);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

t.test('a second server on the same files is refused, with the process that holds them', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const child = await holder(path);
  t.match(reason(path), new RegExp(`in use by process ${child.pid}; stop it first`));
  child.kill('SIGKILL');
  await once(child, 'close');
  t.equal(reason(path), 'held', 'a crash leaves nothing that refuses');
  t.match(readFileSync(`${path}.lock`, 'utf8'), new RegExp(`^${process.pid}\n$`));
});

t.test('two instances in one process exclude each other too, until the first lets go', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const first = lockLeaseFile(path);
  t.match(reason(path), /in use by process/);
  if (first.kind === 'held') first.release();
  const second = lockLeaseFile(path);
  t.equal(second.kind, 'held');
  t.equal(statSync(`${path}.lock`).mode & 0o027, 0);
});

t.test('a file that was left behind locks nothing', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.lock`, '1\n');
  t.equal(reason(path), 'held');
});

t.test('other lease files in the same directory are free', async (t) => {
  const directory = scratchDirectory(t);
  t.equal(reason(join(directory, 'leases4')), 'held');
  t.equal(reason(join(directory, 'leases6')), 'held');
});

t.test(
  'while a kea-lfc is at work the files are not touched; a number it left behind does not matter',
  async (t) => {
    const directory = scratchDirectory(t);
    const path = join(directory, 'leases');
    const impostor = join(directory, 'kea-lfc');
    copyFileSync('/bin/sleep', impostor);
    const child = spawn(impostor, ['60']);
    await once(child, 'spawn');
    writeFileSync(`${path}.pid`, `${child.pid}\n`);
    t.match(reason(path), new RegExp(`kea-lfc \\(process ${child.pid}\\) is at work`));
    child.kill('SIGKILL');
    await once(child, 'close');
    t.equal(reason(path), 'held', 'the process is gone');
    writeFileSync(`${path}.second.pid`, `${process.pid}\n`);
    t.equal(reason(`${path}.second`), 'held', 'the number belongs to another program now');
    writeFileSync(`${path}.third.pid`, 'nonsense');
    t.equal(reason(`${path}.third`), 'held');
  },
);

t.test('a directory that is missing, or a lock file that is none, is told in words', async (t) => {
  const directory = scratchDirectory(t);
  t.match(
    reason(join(directory, 'absent', 'leases')),
    /cannot open .*absent\/leases\.lock, ENOENT: create the dir/,
  );
  mkdirSync(join(directory, 'leases.lock'));
  t.match(reason(join(directory, 'leases')), /EISDIR/);
});
