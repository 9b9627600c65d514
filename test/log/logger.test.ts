import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { createLog } from '../../src/log/logger.ts';
import { messages } from '../../src/log/messages.ts';
import type { LogLevel } from '../../src/log/routes.ts';

function capture(level: LogLevel) {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, events: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

t.test('an event is one line of JSON with id, level and text of the catalogue', async (t) => {
  const { log, lines, events } = capture('info');
  log('TDM_CONTROL_UNIX_LISTENING', { path: '/run/x' });
  t.equal(lines.length, 1);
  t.match(lines[0], /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",.*\}\n$/);
  t.match(events()[0], {
    id: 'TDM_CONTROL_UNIX_LISTENING',
    msg: messages.TDM_CONTROL_UNIX_LISTENING.text,
    pid: process.pid,
    path: '/run/x',
  });
});

t.test('events below the level are not written', async (t) => {
  const all = (level: LogLevel) => {
    const { log, events } = capture(level);
    log('TDM_CONTROL_COMMAND'); // debug
    log('TDM_CONTROL_UNIX_LISTENING'); // info
    log('TDM_CONTROL_UNIX_CROWDED'); // warn
    log('TDM_CONTROL_COMMAND_FAILED'); // error
    return events().map(({ level }) => level);
  };
  t.same(all('warn'), ['warn', 'error']);
  t.same(all('debug'), ['debug', 'info', 'warn', 'error']);
  t.same(all('silent'), []);
});

t.test('no field can take the place of the id or the text', async (t) => {
  const { log, events } = capture('info');
  log('TDM_CONTROL_UNIX_LISTENING', { id: 'TDM_FORGED', msg: 'forged' });
  t.match(events()[0], { id: 'TDM_CONTROL_UNIX_LISTENING', msg: messages.TDM_CONTROL_UNIX_LISTENING.text });
});

t.test('an error keeps its stack, its code and its cause', async (t) => {
  const { log, events } = capture('info');
  log('TDM_CONTROL_COMMAND_FAILED', { err: new Error('outer', { cause: new Error('inner') }) });
  t.match(events()[0], { err: { type: 'Error', message: /outer.*inner/, stack: /logger\.test/ } });
});

t.test('whatever the fields hold, a line is written and nothing is thrown', async (t) => {
  const { log, lines, events } = capture('info');
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = { deep };
  const odd: unknown[] = [
    circular,
    deep,
    1n,
    Symbol('x'),
    () => {},
    Number.NaN,
    new Uint8Array(3),
    '\x1b[31m \0 \n {"forged": "line"}\n \ud800',
    {
      toJSON() {
        throw new Error('no');
      },
    },
    new Proxy({}, {}),
    JSON.parse('{"__proto__": {"x": 1}}'),
  ];
  for (const field of odd) log('TDM_CONTROL_UNIX_LISTENING', { field });
  t.equal(lines.length, odd.length);
  for (const line of lines) t.equal(line.trimEnd().split('\n').length, 1);
  t.ok(events().every(({ id }) => id === 'TDM_CONTROL_UNIX_LISTENING'));
});

const module = new URL('../../src/log/logger.js', import.meta.url).href;

t.test('what was logged last is written even when the process exits at once', async (t) => {
  const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog({ level: 'info' });
    for (let count = 0; count < 1000; count++) log('TDM_CONTROL_UNIX_LISTENING', { count });
    process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  t.equal(lines.length, 1000);
  t.equal((JSON.parse(lines.at(-1)!) as { count: number }).count, 999);
});

t.test(
  'a reader of standard output that stops reading neither stops the process nor fills its memory',
  async (t) => {
    // 100 MB of log against a pipe that nobody empties; then the process tells through its exit code how large it got.
    const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog({ level: 'info' });
    const before = process.memoryUsage().rss;
    const text = 'x'.repeat(10_000);
    for (let count = 0; count < 10_000; count++) {
      log('TDM_CONTROL_UNIX_LISTENING', { text });
      if (count % 100 === 0) await new Promise(setImmediate);
    }
    process.stderr.write(String(process.memoryUsage().rss - before));
    process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let grown = '';
    child.stderr.on('data', (text) => {
      grown += text;
    });
    // All of it is read: the end of the process alone says nothing of its last words.
    await once(child.stderr, 'end');
    t.match(grown, /^-?\d+$/);
    t.ok(Number(grown) < 90_000_000, `${grown} octets`);
  },
);
