/** Clients of the unix socket that mean harm. After each of them the server answers an honest command. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { success } from '../../src/control/answer.ts';
import { UNIX_CONNECTIONS_MAX } from '../../src/control/limits.ts';
import { createUnixSocketServer } from '../../src/control/unix/socket.ts';
import { ask, askRaw, recordingLog, temporaryFolder } from './harness.ts';

const path = join(temporaryFolder(t), 's');
const { log, events } = recordingLog();
const server = await createUnixSocketServer({
  log,
  path,
  table: new Map([['echo', (args: unknown) => success('echoed', args)]]),
});
t.teardown(() => server.close(0));

/** A test that ends with an honest command. */
function hostile(name: string, attack: (t: Test) => Promise<void>): void {
  t.test(name, async (t) => {
    await attack(t);
    t.match(await ask(path, { command: 'echo' }), { result: 0 }, 'the server serves on');
  });
}

/** Writes until the server ends the connection or everything is sent; resolves with the octets that were taken. */
async function flood(socket: Socket, chunk: Buffer, chunks: number): Promise<number> {
  let sent = 0;
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isOver = true;
      resolve();
    });
  });
  for (; sent < chunks && !isOver; sent++) {
    if (!socket.write(chunk)) await Promise.race([drained(socket), over]);
  }
  return sent * chunk.length;
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', resolve));
}

/** A client that does not mind being cut off. */
function attacker(): Socket {
  return connect(path).on('error', () => {});
}

for (const [name, text] of [
  ['lists', '['.repeat(100_000)],
  ['maps', '{"a":'.repeat(100_000)],
  ['lists that are closed again', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['arguments', `{"command":"echo","arguments":${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}}`],
] as const) {
  hostile(`100,000 nested ${name} are refused before anything parses them`, async (t) => {
    t.match(await askRaw(path, text), /"result": 1.*100 levels of nesting/);
  });
}

hostile('100 MB of one string are cut off, and memory does not grow with them', async (t) => {
  const socket = attacker();
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  socket.write('{"command":"');
  const before = process.memoryUsage();
  const sent = await flood(socket, Buffer.alloc(65_536, 'x'), 1600);
  t.ok(sent < 100_000_000, 'not all of it was taken');
  t.match(answer, /"result": 1.*too large/);
  const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  t.ok(grown < 110_000_000, `${grown} octets`);
});

hostile('what follows a command is thrown away, and not for ever', async (t) => {
  const socket = attacker();
  socket.write('{"command":"echo"}');
  const sent = await flood(socket, Buffer.alloc(65_536, '{'), 1600);
  t.ok(sent < 20_000_000);
});

hostile('many large commands at once share one budget', async (t) => {
  const chunk = Buffer.alloc(65_536, 'x');
  const sockets = Array.from({ length: 4 }, attacker);
  const answers: string[] = [];
  for (const socket of sockets) socket.on('data', (text) => answers.push(String(text)));
  for (const socket of sockets) socket.write('{"command":"');
  // 4 times 28 MiB: none is too large, all together are.
  await Promise.all(sockets.map((socket) => flood(socket, chunk, 448)));
  // An honest command tells that the server has read what was sent before.
  while (answers.length === 0) await ask(path, { command: 'echo' }).catch(() => {});
  t.match(answers[0], /too many large commands at once/);
  for (const socket of sockets) socket.destroy();
});

hostile('a thousand idle connections do not lock anybody out', async (t) => {
  events.length = 0;
  const idle: Socket[] = [];
  let closed = 0;
  for (let count = 0; count < 1000; count++) {
    const socket = attacker();
    socket.on('close', () => closed++);
    idle.push(socket);
    await once(socket, 'connect');
    if (count % 100 === 0) t.match(await ask(path, { command: 'echo' }), { result: 0 });
  }
  // Of the last ones that are closed this side hears a moment later.
  while (closed < 1000 - UNIX_CONNECTIONS_MAX) await ask(path, { command: 'echo' });
  t.pass(`${closed} were closed`);
  t.equal(events.filter(({ id }) => id === 'TDM_CONTROL_UNIX_CROWDED').length, 1, 'said once');
  await Promise.all(
    idle.filter((socket) => !socket.destroyed).map((socket) => once(socket.destroy(), 'close')),
  );
});

hostile('a thousand clients that vanish in the middle leave nothing behind', async (t) => {
  const before = process.getActiveResourcesInfo().length;
  for (let count = 0; count < 1000; count++) {
    const socket = attacker();
    socket.write('{"command":"echo"}'.slice(0, count % 19));
    await once(socket, 'connect');
    socket.destroy();
  }
  await ask(path, { command: 'echo' });
  t.ok(process.getActiveResourcesInfo().length < before + 50);
});

hostile('random octets get an answer or a closed connection', async (t) => {
  const soup = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 200 }),
    fc.string().map((text) => Buffer.from(`{"command":${JSON.stringify(text)}`)),
    fc.json().map((text) => Buffer.from(text)),
    fc.jsonValue().map((args) => Buffer.from(JSON.stringify({ command: 'echo', arguments: args }))),
  );
  await fc.assert(
    fc.asyncProperty(soup, async (octets) => {
      const answer = await askRaw(path, octets, { halfClose: true });
      return answer === '' || typeof (JSON.parse(answer) as { result: unknown }).result === 'number';
    }),
    { seed: 4711, numRuns: 300 },
  );
  t.notOk(events.some(({ id }) => id === 'TDM_CONTROL_COMMAND_FAILED'));
});
