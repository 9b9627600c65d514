import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type Answer, type CommandHandler, success } from '../../../src/control/answer.ts';
import { createUnixSocketServer } from '../../../src/control/unix/socket.ts';
import { ask, askRaw, recordingLog, temporaryFolder } from '../harness.ts';

async function start(
  t: { teardown(fn: () => unknown): unknown },
  handlers: Record<string, CommandHandler> = {},
  times: { idleMs?: number; commandMs?: number } = {},
) {
  const path = join(temporaryFolder(t), 's');
  const { log, events } = recordingLog();
  const table = new Map<string, CommandHandler>([
    ['echo', (args) => success('echoed', args)],
    ...Object.entries(handlers),
  ]);
  const server = await createUnixSocketServer({ log, table, path, ...times });
  t.teardown(() => server.close(0));
  return { path, server, events };
}

t.test('one command a connection is answered with a bare map, then the connection is closed', async (t) => {
  const { path } = await start(t);
  t.equal(
    await askRaw(path, '{"command":"echo","arguments":{"a":1}}'),
    '{ "arguments": { "a": 1 }, "result": 0, "text": "echoed" }',
  );
});

t.test('the end of the JSON value ends the request, not the end of the stream', async (t) => {
  const { path } = await start(t);
  // askRaw does not close its side before the answer is there.
  t.match(await ask(path, { command: 'echo' }), { result: 0 });
  t.match(await askRaw(path, '{"command":"echo"}', { halfClose: true }), /"result": 0/);
  t.match(await askRaw(path, '{"command":"echo"}{"command":"nope"}'), /echoed/);
});

t.test('a command may come octet by octet, with comments in it', async (t) => {
  const { path } = await start(t);
  const text = '# for the record\n{ "command": /* which? */ "echo" } // thanks';
  t.match(await askRaw(path, text, { chunkBytes: 1 }), /echoed/);
});

t.test('a long answer arrives whole', async (t) => {
  const long = 'x'.repeat(20_000_000);
  const { path } = await start(t, { long: () => success(long) });
  t.equal((await ask(path, { command: 'long' }))['text'], long);
});

t.test('commands on several connections run side by side', async (t) => {
  let release: (answer: Answer) => void = () => {};
  const { path } = await start(t, { slow: () => new Promise((resolve) => (release = resolve)) });
  const slow = ask(path, { command: 'slow' });
  t.match(await ask(path, { command: 'echo' }), { result: 0 });
  release(success('at last'));
  t.match(await slow, { text: 'at last' });
});

t.test('a command that takes longer than the idle time is still answered', async (t) => {
  const slow = async () => {
    await delay(700);
    return success('at last');
  };
  const { path } = await start(t, { slow }, { idleMs: 300, commandMs: 300 });
  t.match(await ask(path, { command: 'slow' }), { text: 'at last' });
});

t.test('what is not JSON is answered with result 1', async (t) => {
  const { path, events } = await start(t);
  const rows: [text: string, answer: RegExp][] = [
    ['hello', /invalid first character h/],
    ['{"command" "echo"}', /JSON/],
    ['{]', /JSON/],
    ['{"command": "echo",}', /JSON/],
    ['{"a": "\x00\xff"}', /JSON/],
  ];
  for (const [text, answer] of rows) {
    const got = JSON.parse(await askRaw(path, text)) as { result: number; text: string };
    t.equal(got.result, 1, JSON.stringify(text));
    t.match(got.text, answer, JSON.stringify(text));
  }
  t.equal(events.filter(({ id }) => id === 'TDM_CONTROL_UNIX_REFUSED').length, rows.length);
});

t.test('half a JSON is answered when the client closes its side', async (t) => {
  const { path } = await start(t);
  t.match(
    await askRaw(path, '{"command": "ec', { halfClose: true }),
    /"result": 1.*incomplete, discarded 15 bytes/,
  );
});

t.test('a connection that sends nothing and closes gets nothing', async (t) => {
  const { path, events } = await start(t);
  t.equal(await askRaw(path, '', { halfClose: true }), '');
  t.same(
    events.filter(({ id }) => id === 'TDM_CONTROL_UNIX_REFUSED'),
    [],
  );
});

t.test('a silent connection is told so and closed', async (t) => {
  const { path } = await start(t, {}, { idleMs: 300 });
  t.match(await askRaw(path, ''), /"result": 1.*timed out, discarded partial command of 0 bytes/);
  t.match(await askRaw(path, '{"command"'), /timed out, discarded partial command of 10 bytes/);
});

t.test('a command that dribbles in is cut off after its time, however busy it is', async (t) => {
  const { path } = await start(t, {}, { idleMs: 10_000, commandMs: 300 });
  const socket = connect(path);
  socket.write('{"command":"');
  const dribble = setInterval(() => socket.write('x'), 5);
  socket.on('error', () => {});
  const [answer] = await once(socket, 'data');
  clearInterval(dribble);
  socket.destroy();
  t.match(String(answer), /timed out/);
});

t.test('a client that does not read its answer is cut off', async (t) => {
  const long = 'x'.repeat(5_000_000);
  const { path, server, events } = await start(t, { long: () => success(long) }, { idleMs: 300 });
  const socket = connect({ path, allowHalfOpen: true });
  socket.pause();
  socket.on('error', () => {});
  socket.write('{"command":"long"}');
  t.teardown(() => socket.destroy());
  const isRunning = () => events.some(({ fields }) => fields['command'] === 'long');
  while (!isRunning()) await ask(path, { command: 'echo' });
  // Resolves once every connection is over: far sooner than the grace, after which it would be cut off anyway.
  await server.close(3_600_000);
});

t.test('the file is open to the owner and the group, and closed to others', async (t) => {
  const before = process.umask();
  const { path } = await start(t);
  t.equal(statSync(path).mode & 0o777, 0o770);
  t.equal(process.umask(), before, 'the umask of the process is as it was');
});

t.test(
  'while a server listens its name is locked as Kea locks it, and free at once when it closes',
  async (t) => {
    let release: (answer: Answer) => void = () => {};
    const { path, server } = await start(t, { slow: () => new Promise((resolve) => (release = resolve)) });
    t.equal(statSync(`${path}.lock`).mode & 0o777, 0o600);
    t.equal(flock(`${path}.lock`), 1, 'another process does not get the lock');
    const { log } = recordingLog();
    const open = () => createUnixSocketServer({ log, table: new Map(), path });
    await t.rejects(open(), { code: 'TDM_ERR_SOCKET_IN_USE' });
    // Kea would remove the file now, did it get the lock: with it alone the name is taken.
    const slow = ask(path, { command: 'slow' });
    await ask(path, { command: 'echo' });
    const closed = server.close(60_000);
    t.notOk(existsSync(`${path}.lock`));
    const next = await open();
    release(success('late'));
    t.match(await slow, { text: 'late' }, 'who was served before still gets the answer');
    await closed;
    t.ok(existsSync(path), 'the last of the old one takes nothing away from the next');
    t.equal(flock(`${path}.lock`), 1);
    await next.close(0);
  },
);

t.test('a lock is no obstacle when a dead server left it, and one when it cannot be opened', async (t) => {
  const folder = temporaryFolder(t);
  const { log } = recordingLog();
  const open = (path: string) => createUnixSocketServer({ log, table: new Map(), path });
  writeFileSync(join(folder, 'left.lock'), '');
  await (await open(join(folder, 'left'))).close(0);
  t.notOk(existsSync(join(folder, 'left.lock')));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link.lock'));
  await t.rejects(open(join(folder, 'link')), { code: 'TDM_ERR_SOCKET_UNUSABLE', message: /link\.lock/ });
  t.notOk(existsSync(join(folder, 'elsewhere')), 'nothing is made through a link');
  mkdirSync(join(folder, 'folder.lock'));
  await t.rejects(open(join(folder, 'folder')), { code: 'TDM_ERR_SOCKET_UNUSABLE', message: /EISDIR/ });
  spawnSync('mkfifo', [join(folder, 'pipe.lock')]);
  await (await open(join(folder, 'pipe'))).close(0);
});

/** The exit status of flock(1): 0 when it gets the lock. */
function flock(path: string): number | null {
  return spawnSync('flock', ['--nonblock', path, 'true']).status;
}

t.test('the file is gone after close, and the next server can take its place', async (t) => {
  const { path, server } = await start(t);
  await server.close(0);
  t.notOk(existsSync(path));
  const { log } = recordingLog();
  const next = await createUnixSocketServer({ log, table: new Map(), path });
  await next.close(0);
});

t.test('close answers what runs and refuses what is unfinished', async (t) => {
  let release: (answer: Answer) => void = () => {};
  const { path, server } = await start(t, { slow: () => new Promise((resolve) => (release = resolve)) });
  const slow = ask(path, { command: 'slow' });
  const idle: Socket = connect(path);
  const idleAnswer = once(idle, 'data');
  await once(idle, 'connect');
  // The server has seen both once a third command has been answered.
  await ask(path, { command: 'echo' });
  const closed = server.close(60_000);
  t.match(String(await idleAnswer), /the server is stopping/);
  release(success('at last'));
  t.match(await slow, { text: 'at last' });
  await closed;
});

t.test('close does not wait for a command that never ends', async (t) => {
  const { path, server } = await start(t, { never: () => new Promise(() => {}) });
  const answer = askRaw(path, '{"command":"never"}');
  await ask(path, { command: 'echo' });
  await server.close(20);
  t.equal(await answer, '');
});

t.test('a path that cannot be used is an error that says why', async (t) => {
  const folder = temporaryFolder(t);
  const { log } = recordingLog();
  const open = (path: string) => createUnixSocketServer({ log, table: new Map(), path });
  await t.rejects(open(join(folder, 'none', 's')), {
    code: 'TDM_ERR_SOCKET_UNUSABLE',
    message: /none does not exist/,
  });
  writeFileSync(join(folder, 'file'), '');
  await t.rejects(open(join(folder, 'file')), { code: 'TDM_ERR_SOCKET_PATH_TAKEN' });
});
