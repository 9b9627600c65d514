import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ServerProcess } from '../../src/demo/server-process.ts';

const MODULE = new URL('../../src/demo/server-process.js', import.meta.url).href;

function node(t: { testdir(): string }, script: string): ServerProcess {
  const logFile = join(t.testdir(), 'log');
  return new ServerProcess({ program: process.execPath, args: ['-e', script], logFile });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilLogged(server: ServerProcess, text: string): Promise<void> {
  while (!server.logTail().includes(text)) await sleep(10);
}

const OBEYS = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('up')`;
const DEFIES = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`;

t.test('a server that ends on SIGTERM has ended cleanly', async (t) => {
  const server = node(t, OBEYS);
  await server.start();
  await untilLogged(server, 'up');
  const pid = server.pid!;
  t.equal(await server.stop(10_000), true);
  t.notOk(isAlive(pid));
  t.notOk(server.isRunning);
});

t.test('a server that does not is killed, and that is told', async (t) => {
  const server = node(t, DEFIES);
  await server.start();
  await untilLogged(server, 'up');
  t.equal(await server.stop(100), false);
  t.notOk(server.isRunning);
});

t.test('a killed server can be started again', async (t) => {
  const server = node(t, OBEYS);
  await server.start();
  const pid = server.pid!;
  await server.kill();
  t.notOk(isAlive(pid));
  await server.start();
  t.not(server.pid, pid);
  await server.kill();
  await server.kill();
});

t.test('a program that does not exist is an error', async (t) => {
  const server = new ServerProcess({ program: '/nonexistent', args: [], logFile: join(t.testdir(), 'log') });
  await t.rejects(server.start(), { code: 'ENOENT' });
  t.notOk(server.isRunning);
  await server.kill();
});

t.test('no server outlives a process that exits without stopping it', async (t) => {
  const script = `
    const { ServerProcess } = await import(${JSON.stringify(MODULE)});
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    const server = new ServerProcess({ program: process.execPath, args, logFile: '/dev/null' });
    await server.start();
    console.log(server.pid);
    process.exit(3);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(parent, 'exit');
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  t.same(await exited, [3, null]);
  while (isAlive(Number(output))) await sleep(10);
  t.pass('it is gone');
});
