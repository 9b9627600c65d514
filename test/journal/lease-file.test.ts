/** The active file: whole batches only, whatever the disk does. */

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type FileSystem, systemFiles } from '../../src/journal/files.ts';
import { leaseFileNames } from '../../src/journal/names.ts';
import { ActiveLeaseFile } from './support/dhcp4.ts';
import { filesWith, type Operation, systemFault } from './support/faulty-files.ts';
import { HEADER, rowBytes, rowText } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const open = (path: string, files: FileSystem = systemFiles): ActiveLeaseFile => {
  const file = new ActiveLeaseFile(files, leaseFileNames(path));
  file.open();
  return file;
};

function append(file: ActiveLeaseFile, number: number): void {
  const row = rowBytes(number);
  file.append(row, row.length);
  file.sync();
  file.keep();
}

/** Real files; the operations named in `failing` fail for as long as they are in it. */
function unreliable(): { files: FileSystem; failing: Set<Operation> } {
  const failing = new Set<Operation>();
  const files = filesWith((operation) => {
    if (failing.has(operation)) throw systemFault('EIO', operation);
  });
  return { files, failing };
}

t.test('a missing file is created with its header; an existing one is continued', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const file = open(path);
  append(file, 0);
  file.close();
  append(open(path), 1);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1));
  t.equal(statSync(path).mode & 0o027, 0, 'nobody else may read it');
});

t.test('a last line without newline is ended first', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, `${HEADER}10.0.0.9,torn`);
  append(open(path), 0);
  t.equal(readFileSync(path, 'latin1'), `${HEADER}10.0.0.9,torn\n${rowText(0)}`);
});

t.test('rows that could not be synced are cut off and may be appended again', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { files, failing } = unreliable();
  const file = open(path, files);
  append(file, 0);
  failing.add('fdatasync');
  t.throws(() => append(file, 1), { code: 'EIO' });
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0));
  failing.clear();
  file.open();
  append(file, 1);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1));
});

t.test('while the torn end cannot be cut off, nothing is written behind it', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { files, failing } = unreliable();
  const file = open(path, files);
  append(file, 0);
  failing.add('fdatasync').add('truncate');
  t.throws(() => append(file, 1), { code: 'EIO' });
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1), 'it is still there');
  t.throws(() => file.open(), { code: 'EIO' });
  t.throws(() => append(file, 2), /invariant/);
  failing.clear();
  file.open();
  append(file, 2);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(2));
});

t.test('an unkept batch must not be followed by another', async (t) => {
  const file = open(join(scratchDirectory(t), 'leases'));
  file.append(rowBytes(0), 10);
  t.throws(() => file.append(rowBytes(0), 10), /invariant/);
});

t.test('a rotation freezes the file and goes on in a fresh one', async (t) => {
  const directory = scratchDirectory(t);
  const file = open(join(directory, 'leases'));
  append(file, 0);
  t.equal(file.rotate(), 'rotated');
  append(file, 1);
  t.same(filesIn(directory), { leases: HEADER + rowText(1), 'leases.1': HEADER + rowText(0) });
});

t.test('a rotation waits for the clean-up before it', async (t) => {
  for (const suffix of ['1', 'completed']) {
    const directory = scratchDirectory(t);
    const path = join(directory, 'leases');
    writeFileSync(`${path}.${suffix}`, HEADER);
    const file = open(path);
    append(file, 0);
    t.equal(file.rotate(), 'unfinished', suffix);
    append(file, 1);
    t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1));
  }
});

t.test('after half a rotation no row goes into the frozen file', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  let directorySyncs = 0;
  const files = filesWith((operation, [target]) => {
    // The header's is the first sync of the directory, the rotation's the second.
    if (operation === 'open' && target === directory && ++directorySyncs === 2)
      throw systemFault('EIO', 'open');
  });
  const file = open(path, files);
  append(file, 0);
  t.throws(() => file.rotate(), { code: 'EIO' });
  t.equal(existsSync(`${path}.1`), true, 'the renaming itself was done');
  file.open();
  append(file, 1);
  t.same(filesIn(directory), { leases: HEADER + rowText(1), 'leases.1': HEADER + rowText(0) });
});

t.test('a rotation that cannot rename leaves everything in place', async (t) => {
  const directory = scratchDirectory(t);
  const { files, failing } = unreliable();
  const file = open(join(directory, 'leases'), files);
  append(file, 0);
  failing.add('rename');
  t.throws(() => file.rotate(), { code: 'EIO' });
  failing.clear();
  file.open();
  append(file, 1);
  t.same(filesIn(directory), { leases: HEADER + rowText(0) + rowText(1) });
});

t.test('a fresh file whose header could only be written in part gets it later', async (t) => {
  const directory = scratchDirectory(t);
  let isFull = true;
  const files = filesWith((operation, args) => {
    if (operation !== 'write' || !isFull) return;
    const [fd, bytes] = args as [number, Uint8Array];
    systemFiles.write(fd, bytes, 0, 20, 0);
    throw systemFault('ENOSPC', 'write');
  });
  const file = new ActiveLeaseFile(files, leaseFileNames(join(directory, 'leases')));
  t.throws(() => file.open(), { code: 'ENOSPC' });
  t.throws(() => file.open(), { code: 'ENOSPC' });
  isFull = false;
  file.open();
  append(file, 0);
  t.same(filesIn(directory), { leases: HEADER + rowText(0) });
});

t.test('a header that could not be synced is not left for the next process to find', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { files, failing } = unreliable();
  failing.add('fsync');
  t.throws(() => open(path, files), { code: 'EIO' });
  t.equal(
    readFileSync(path, 'latin1'),
    '',
    'the page cache would show it, and no fsync would write it any more',
  );
  failing.clear();
  append(open(path, files), 0);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0));
});

t.test('a file that was put in its place meanwhile is continued, not cut', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const { files, failing } = unreliable();
  const file = open(path, files);
  append(file, 0);
  failing.add('write');
  t.throws(() => append(file, 1), { code: 'EIO' });
  failing.clear();
  mkdirSync(join(directory, 'aside'));
  renameSync(path, join(directory, 'aside', 'leases'));
  const theirs = HEADER + rowText(5) + rowText(6) + rowText(7);
  writeFileSync(path, theirs);
  file.open();
  append(file, 1);
  t.equal(readFileSync(path, 'latin1'), theirs + rowText(1));
});
