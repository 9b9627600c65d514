import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { takeSocketPath } from '../../../src/control/unix/path.ts';
import { recordingLog, temporaryFolder } from '../harness.ts';

t.test('a free path needs nothing', async (t) => {
  const { log, events } = recordingLog();
  await takeSocketPath(join(temporaryFolder(t), 's'), log);
  t.same(events, []);
});

t.test('a path is at most 107 octets long', async (t) => {
  const { log } = recordingLog();
  const folder = temporaryFolder(t);
  const longest = join(folder, 'x'.repeat(107 - folder.length - 1));
  t.equal(longest.length, 107);
  await takeSocketPath(longest, log);
  await t.rejects(takeSocketPath(`${longest}x`, log), {
    code: 'TDM_ERR_SOCKET_PATH_TOO_LONG',
    message: /has 108 octets, at most 107/,
  });
  await t.rejects(takeSocketPath(`${longest.slice(0, -1)}ä`, log), { code: 'TDM_ERR_SOCKET_PATH_TOO_LONG' });
});

t.test('a socket of a dead server is removed', async (t) => {
  const path = join(temporaryFolder(t), 's');
  // Exits without closing: the file stays behind, as after a crash.
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  t.ok(existsSync(path));
  const { log, events } = recordingLog();
  await takeSocketPath(path, log);
  t.notOk(existsSync(path));
  t.match(events, [{ id: 'TDM_CONTROL_UNIX_STALE', fields: { path } }]);
});

t.test('a socket that somebody listens on is left alone', async (t) => {
  const path = join(temporaryFolder(t), 's');
  const server = createServer().listen(path);
  t.teardown(() => server.close());
  await t.rejects(takeSocketPath(path, recordingLog().log), { code: 'TDM_ERR_SOCKET_IN_USE' });
  t.ok(existsSync(path));
});

t.test('files, folders and links are never removed', async (t) => {
  const folder = temporaryFolder(t);
  const { log } = recordingLog();
  const file = join(folder, 'file');
  writeFileSync(file, 'precious');
  mkdirSync(join(folder, 'folder'));
  symlinkSync(file, join(folder, 'link'));
  for (const name of ['file', 'folder', 'link']) {
    await t.rejects(takeSocketPath(join(folder, name), log), { code: 'TDM_ERR_SOCKET_PATH_TAKEN' }, name);
  }
  t.equal(readFileSync(file, 'utf8'), 'precious');
  await t.rejects(takeSocketPath(join(file, 's'), log), { code: 'TDM_ERR_SOCKET_UNUSABLE' });
});
