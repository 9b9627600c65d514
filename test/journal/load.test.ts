/** Loading a lease database from its files, in whatever state they are. */

import { chmodSync, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { formatHex } from '../../src/base/hex.ts';
import { type FileSystem, systemFiles } from '../../src/journal/files.ts';
import { ROW_ERRORS_SHOWN_MAX } from '../../src/journal/load.ts';
import { cleanUp } from './support/dhcp4.ts';
import { filesWith, systemFault } from './support/faulty-files.ts';
import { deletionText, HEADER, HEADER_2_1, LeaseMap, loadAll, rowText, tryLoad } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/lease-files/', import.meta.url));
const row = (number: number, hostname: string): string => rowText(number, { hostname });

function refusal(path: string, maxRowErrors = 0): string {
  const outcome = tryLoad(path, new LeaseMap(), maxRowErrors);
  return outcome.kind === 'refused' ? outcome.reason : 'loaded';
}

t.test('without any file, one with the header is created that nobody else can read', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const { map, report } = loadAll(path);
  t.same(map.summary(), []);
  t.match(report, { created: true, rows: 0, repair: null, cleanupDue: false });
  t.same(filesIn(directory), { leases: HEADER });
  t.equal(statSync(path).mode & 0o027, 0);
  t.match(loadAll(path).report, { created: false, files: [path] });
});

t.test('the last row of an address wins, and deletions delete', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const rows = [row(0, 'old'), row(1, 'a'), row(0, 'new'), deletionText(1), deletionText(7), row(2, 'b')];
  writeFileSync(path, HEADER + rows.join(''));
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.1 new', '10.0.0.3 b']);
  t.match(report, { rows: 6, deletions: 2, rowErrorCount: 0, notKept: 0, repair: null });
});

t.test('a released lease is written with lifetime 0, so it is gone after a restart', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + row(0, 'a') + rowText(0, { validLifetimeSec: 0, state: 3 }));
  t.same(loadAll(path).map.summary(), []);
});

t.test('earlier files come first: NAME.2, NAME.1, NAME', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two') + row(1, 'two') + row(2, 'two'));
  writeFileSync(`${path}.1`, HEADER + row(1, 'one') + row(2, 'one') + deletionText(0));
  writeFileSync(path, HEADER + row(2, 'now'));
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.2 one', '10.0.0.3 now']);
  t.same(report.files, [`${path}.2`, `${path}.1`, path]);
  t.equal(report.cleanupDue, true, 'NAME.1 is waiting for its clean-up');
});

t.test('NAME.completed stands for NAME.2 and NAME.1', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two'));
  writeFileSync(`${path}.1`, HEADER + row(1, 'one'));
  writeFileSync(`${path}.completed`, HEADER + row(2, 'completed'));
  writeFileSync(`${path}.output`, HEADER + row(3, 'output'));
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.3 completed']);
  t.match(report, { files: [`${path}.completed`], created: false, cleanupDue: true });
});

t.test('bad rows are skipped and told with file, line and reason', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.2`, `${HEADER}nonsense\n${row(0, 'a')}`);
  writeFileSync(path, `${HEADER}${row(1, 'b')}${row(2, 'c').replace('3600', '-1')}${row(3, 'd')}`);
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.1 a', '10.0.0.2 b', '10.0.0.4 d']);
  t.same(report.rowErrors, [
    { file: `${path}.2`, line: 2, reason: 'the number of columns is not that of the file header' },
    { file: path, line: 3, reason: 'valid_lifetime is not a number from 0 to 4294967295' },
  ]);
});

t.test('more bad rows than allowed refuse the file and change nothing', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(path, `${HEADER}${'bad\n'.repeat(3)}${row(0, 'a')}torn`);
  const before = filesIn(directory);
  t.match(
    refusal(path, 2),
    /has more than 2 bad rows, last at line 4: the number of columns.*max-row-errors/,
  );
  t.same(filesIn(directory), before);
  t.equal(refusal(path, 3), 'loaded', 'as many as allowed are fine');
});

t.test('a file full of nonsense is reported in bounded memory', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, `${HEADER}${'bad\n'.repeat(5_000)}`);
  const { report } = loadAll(path);
  t.equal(report.rowErrorCount, 5_000);
  t.equal(report.rowErrors.length, ROW_ERRORS_SHOWN_MAX);
});

t.test('leases for which there is no memory are counted', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + row(0, 'a') + row(1, 'b') + row(2, 'c') + row(0, 'again'));
  const map = new LeaseMap(2);
  const outcome = tryLoad(path, map);
  t.match(outcome, { kind: 'loaded', report: { notKept: 1, rows: 4 } });
  t.same(map.summary(), ['10.0.0.1 again', '10.0.0.2 b']);
});

t.test('a torn last row is cut off, and the next append starts on a line of its own', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const good = HEADER + row(0, 'a') + row(1, 'b');
  const torn = row(2, 'c').slice(0, 30);
  writeFileSync(path, good + torn);
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.1 a', '10.0.0.2 b']);
  t.same(report.repair, { kind: 'cut', tornBytes: 30, text: torn });
  t.equal(report.rowErrorCount, 0, 'it counts for no bad row');
  t.same(filesIn(directory), { leases: good });
});

t.test('a good last row keeps its lease and gets its newline', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(path, (HEADER + row(0, 'a') + row(1, 'b')).trimEnd());
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.1 a', '10.0.0.2 b']);
  t.match(report.repair, { kind: 'newline' });
  t.same(filesIn(directory), { leases: HEADER + row(0, 'a') + row(1, 'b') });
});

t.test('a header that was cut off is written again', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  for (const [content, repair] of [
    ['', 'header'],
    [HEADER.slice(0, 40), 'header'],
    [HEADER.trimEnd(), 'newline'],
  ] as const) {
    writeFileSync(path, content);
    t.match(loadAll(path).report.repair, { kind: repair });
    t.same(filesIn(directory), { leases: HEADER });
  }
});

t.test('a torn end of an earlier file is tolerated and left alone', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.1`, `${HEADER}${row(0, 'a')}10.0.0.2,02`);
  writeFileSync(`${path}.2`, '');
  t.same(loadAll(path).map.summary(), ['10.0.0.1 a']);
  t.match(filesIn(directory)['leases.1'], /10\.0\.0\.2,02$/);
});

t.test('a file that is no DHCPv4 lease file is refused and left alone', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  for (const [content, reason] of [
    ['address,duid,valid_lifetime\n', /DHCPv6/],
    ['{"Dhcp4":{}}\n', /not a DHCPv4 lease file; move it away or correct `name`/],
    ['address,hwaddr,client_id\n', /ends after 3 columns/],
  ] as const) {
    writeFileSync(path, content);
    t.match(refusal(path), reason);
    t.same(filesIn(directory), { leases: content });
  }
});

t.test('a file of Kea 2.2 is read; our rows start a file of the current schema', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  copyFileSync(join(FIXTURES, 'kea-2.2.csv'), path);
  const { map, report } = loadAll(path);
  t.same(
    [...map.leases.keys()],
    ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.7', '10.0.0.12'],
  );
  t.match(map.leases.get('10.0.0.1'), {
    hostname: 'alpha.example.org.',
    clttSec: 1_795_220_336 - 3600,
    poolId: 0,
  });
  t.match(map.leases.get('10.0.0.2'), {
    validLifetimeSec: 0xffff_ffff,
    clttSec: 1_795_218_536,
    clientId: null,
  });
  t.match(map.leases.get('10.0.0.3'), { hostname: 'a,b&c&#x2c;d', fqdnFwd: true, fqdnRev: true });
  t.same(JSON.parse(map.leases.get('10.0.0.4')!.userContext), {
    ISC: { 'relay-agent-info': '0x0104DEADBEEF' },
    note: 'a, b & c é "q"',
  });
  t.match(map.leases.get('10.0.0.5'), { state: 2 });
  t.equal(
    formatHex(map.leases.get('10.0.0.7')!.clientId!),
    'ff:00:00:00:07:00:01:00:01:aa:bb:cc:dd:02:00:00:00:00:07',
  );
  t.match(map.leases.get('10.0.0.12'), { state: 1 });
  // Kea 2.2 writes a newline in a host name as it is; it refuses these two lines itself.
  t.same(
    report.rowErrors.map(({ line }) => line),
    [10, 11],
  );
  t.equal(report.cleanupDue, true);
  t.equal(filesIn(directory)['leases'], HEADER);
  t.match(filesIn(directory)['leases.1'], /^address,.*user_context\n/);
  t.same(loadAll(path).map.leases, map.leases, 'and all is there at the next start');
});

t.test('an old file with an unfinished clean-up before it: that is finished first', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two') + row(1, 'two'));
  writeFileSync(`${path}.1`, HEADER + deletionText(0));
  writeFileSync(path, HEADER_2_1 + row(2, 'now').replace(/,0\n$/, '\n'));
  t.same(loadAll(path).map.summary(), ['10.0.0.2 two', '10.0.0.3 now']);
  t.same(Object.keys(filesIn(directory)), ['leases', 'leases.1', 'leases.2']);
  t.same(filesIn(directory)['leases.2'], HEADER + row(1, 'two'));
  t.equal(filesIn(directory)['leases'], HEADER);
  t.same(loadAll(path).map.summary(), ['10.0.0.2 two', '10.0.0.3 now']);
});

t.test('an old file whose predecessors cannot be cleaned up is used as it is', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(`${path}.1`, HEADER + row(0, 'one'));
  writeFileSync(path, HEADER_2_1 + row(1, 'now').replace(/,0\n$/, '\n'));
  const files = filesWith((operation, [file]) => {
    if (operation === 'open' && String(file).endsWith('.merged')) throw systemFault('ENOSPC', 'open');
  });
  const { map, report } = loadAll(path, files);
  t.same(map.summary(), ['10.0.0.1 one', '10.0.0.2 now']);
  t.equal(report.cleanupDue, true);
  t.match(filesIn(directory)['leases'], /^address,.*user_context\n10\.0\.0\.2,/);
});

t.test('a file of a newer schema is read, what it knows more is left out', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, `${HEADER.trimEnd()},colour\n${row(0, 'a').trimEnd()},red\n`);
  const { map, report } = loadAll(path);
  t.same(map.summary(), ['10.0.0.1 a']);
  t.match(report, { rowErrorCount: 0, cleanupDue: true });
  t.equal(cleanUp({ path }, systemClock, systemFiles).kind, 'done');
  t.same(loadAll(path).map.summary(), ['10.0.0.1 a']);
});

t.test('what the file system refuses is said in words', async (t) => {
  const directory = scratchDirectory(t);
  mkdirSync(join(directory, 'folder'));
  t.match(
    refusal(join(directory, 'folder')),
    /cannot read the lease file .*folder, EISDIR: the path is a directory/,
  );
  t.match(
    refusal(join(directory, 'absent', 'leases')),
    /cannot write .*absent\/leases, ENOENT: create the directory/,
  );
  writeFileSync(join(directory, 'file'), '');
  t.match(refusal(join(directory, 'file', 'leases')), /ENOTDIR/);
});

t.test('a file that may be read but not written is refused before the service starts', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  writeFileSync(path, HEADER + rowText(0));
  chmodSync(path, 0o440);
  const files = filesWith((operation, [file, flags]) => {
    // As for a user other than root, who is not bound by modes.
    if (operation === 'open' && file === path && flags !== 0) throw systemFault('EACCES', 'open');
  });
  const outcome = tryLoad(path, new LeaseMap(), 0, files);
  t.match(outcome, {
    kind: 'refused',
    reason: /cannot write .*EACCES: give this user read and write access/,
  });
  t.ok(existsSync(path));
});

t.test('a disk that cannot be read is told, not thrown', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + rowText(0));
  const files = filesWith((operation) => {
    if (operation === 'read') throw systemFault('EIO', 'read');
  });
  const outcome = tryLoad(path, new LeaseMap(), 0, files);
  t.match(outcome, { kind: 'refused', reason: /cannot read .*EIO: the disk reports an error/ });
});

t.test('a fault of the program is not taken for one of the disk', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + rowText(0));
  const map = new LeaseMap();
  map.put = () => {
    throw new TypeError('broken sink');
  };
  t.throws(() => tryLoad(path, map), /broken sink/);
});

t.test('what was read is on the disk for good, whoever has written it', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(`${path}.2`, HEADER + row(0, 'two'));
  writeFileSync(`${path}.1`, HEADER + row(1, 'one'));
  writeFileSync(path, HEADER + row(2, 'now'));
  const opened = new Map<number, string>();
  const synced: (string | undefined)[] = [];
  const steps: string[] = [];
  const files: FileSystem = {
    ...systemFiles,
    open: (name, flags) => {
      const fd = systemFiles.open(name, flags);
      opened.set(fd, name);
      return fd;
    },
    fdatasync: (fd) => {
      synced.push(opened.get(fd));
      steps.push('sync');
      systemFiles.fdatasync(fd);
    },
    forget: (fd, from) => {
      steps.push(`forget from ${from}`);
      systemFiles.forget(fd, from);
    },
    read: (...args) => {
      steps.push('read');
      return systemFiles.read(...args);
    },
  };
  t.equal(tryLoad(path, new LeaseMap(), 0, files).kind, 'loaded');
  t.same(synced, [`${path}.2`, `${path}.1`, path]);
  t.same(steps.slice(0, 3), ['sync', 'forget from 0', 'read'], 'what no fdatasync has written is not read');
});

t.test('a file that may not be opened cannot be read', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + row(0, 'now'));
  const files: FileSystem = {
    ...systemFiles,
    open: () => {
      throw systemFault('EACCES', 'open');
    },
  };
  const outcome = tryLoad(path, new LeaseMap(), 0, files);
  t.match(outcome, { kind: 'refused', reason: /cannot read the lease file .*EACCES/ });
});

t.test('a file that the disk does not keep is refused', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  writeFileSync(path, HEADER + row(0, 'now'));
  const files: FileSystem = {
    ...systemFiles,
    fdatasync: () => {
      throw systemFault('EIO', 'fdatasync');
    },
  };
  const outcome = tryLoad(path, new LeaseMap(), 0, files);
  t.match(outcome, { kind: 'refused', reason: /cannot write the lease file .*EIO/ });
});
