/** Where lines go: loggers, outputs, files and their rotation, and what happens when an output takes nothing. */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { LoggerConfig, LoggerOutputConfig } from '../../src/config/model.ts';
import { type AdjustableLog, createLog } from '../../src/log/logger.ts';

type Severity = LoggerConfig['severity'];

let nowMs = 0;

function file(path: string, more: { maxSize?: number; maxVersions?: number; pattern?: string } = {}) {
  const { maxSize = 0, maxVersions = 1, pattern = null } = more;
  return {
    target: { kind: 'file', path, maxSize, maxVersions },
    pattern,
  } as const satisfies LoggerOutputConfig;
}

function logger(name: string, severity: Severity, ...outputs: readonly LoggerOutputConfig[]): LoggerConfig {
  return { name, severity, debugLevel: 0, outputs };
}

/** A log by these loggers; what is written before goes nowhere. */
function logBy(...loggers: readonly LoggerConfig[]): AdjustableLog {
  const log = createLog({
    level: 'silent',
    destination: { write: () => {} },
    clock: { wallMs: () => nowMs },
  });
  log.prepare(loggers, 4);
  log.take();
  return log;
}

function idsIn(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { id: unknown }).id);
}

t.test(
  'the loggers of a DHCPv6 server have its number, in their names and where a pattern asks for them',
  async (t) => {
    const directory = t.testdir({});
    const [whole, part] = [join(directory, 'a.log'), join(directory, 'b.log')];
    const log = createLog({
      level: 'silent',
      destination: { write: () => {} },
      clock: { wallMs: () => nowMs },
    });
    const loggers = [
      logger('kea-dhcp6', 'INFO', file(whole, { pattern: '%c %m%n' })),
      logger('kea-dhcp6.dhcp6', 'INFO', file(part, { pattern: '%c %m%n' })),
      logger('kea-dhcp4', 'INFO', file(join(directory, 'other.log'))),
    ];
    log.prepare(loggers, 6);
    log.take();
    log('TDM_CONTROL_UNIX_LISTENING', { path: '/x' });
    log('TDM_ENGINE_STOPPING');
    t.match(readFileSync(whole, 'utf8'), /^kea-dhcp6\.commands [^\n]*\n$/);
    t.match(readFileSync(part, 'utf8'), /^kea-dhcp6\.dhcp6 [^\n]*\n$/);
    t.notOk(existsSync(join(directory, 'other.log')));
  },
);

t.test('lines go to every output of the logger, from its severity on', async (t) => {
  const directory = t.testdir({});
  const [first, second] = [join(directory, 'a.log'), join(directory, 'b.log')];
  const log = logBy(logger('kea-dhcp4', 'WARN', file(first), file(second)));
  log('TDM_CONTROL_UNIX_LISTENING', { path: '/x' }); // info
  log('TDM_CONTROL_UNIX_CROWDED'); // warn
  log('TDM_CONTROL_COMMAND_FAILED'); // error
  for (const path of [first, second])
    t.strictSame(idsIn(path), ['TDM_CONTROL_UNIX_CROWDED', 'TDM_CONTROL_COMMAND_FAILED']);
});

t.test('the most special logger counts, with the outputs of the one above where it has none', async (t) => {
  const directory = t.testdir({});
  const [all, commands] = [join(directory, 'all.log'), join(directory, 'commands.log')];
  const log = logBy(
    logger('kea-dhcp4.commands', 'DEBUG', file(commands)),
    logger('kea-dhcp4.dhcpsrv', 'NONE', file(join(directory, 'never.log'))),
    logger('kea-dhcp4.ha-hooks', 'ERROR'),
    logger('kea-dhcp4', 'INFO', file(all)),
    logger('kea-dhcp6', 'DEBUG', file(join(directory, 'other.log'))),
  );
  log('TDM_CONTROL_COMMAND');
  log('TDM_CONFIG_LOADED');
  log('TDM_CONFIG_REFUSED');
  log('TDM_JOURNAL_CLEANUP_FAILED');
  log('TDM_HA_STATE_CHANGED');
  t.strictSame(idsIn(commands), ['TDM_CONTROL_COMMAND']);
  t.strictSame(idsIn(all), ['TDM_CONFIG_LOADED', 'TDM_CONFIG_REFUSED']);
  t.strictSame(readdirSync(directory).sort(), ['all.log', 'commands.log', 'never.log']);
});

t.test('of two loggers of one name the last one counts, and one file is opened once', async (t) => {
  const path = join(t.testdir({}), 'a.log');
  const log = logBy(
    logger('kea-dhcp4', 'NONE'),
    logger('kea-dhcp4', 'INFO', file(path, { maxSize: 300 })),
    logger('kea-dhcp4.commands', 'INFO', file(path)),
  );
  log('TDM_CONFIG_LOADED', { text: 'x'.repeat(150) });
  log('TDM_CONTROL_UNIX_CROWDED', { text: 'x'.repeat(150) });
  log('TDM_CONFIG_LOADED');
  t.strictSame(idsIn(`${path}.1`), ['TDM_CONFIG_LOADED', 'TDM_CONTROL_UNIX_CROWDED']);
  t.strictSame(idsIn(path), ['TDM_CONFIG_LOADED']);
});

t.test('a file is made for its owner and his group, and an existing one goes on', async (t) => {
  const directory = t.testdir({ 'old.log': 'before\n' });
  const log = logBy(
    logger('kea-dhcp4', 'INFO', file(join(directory, 'new.log')), file(join(directory, 'old.log'))),
  );
  log('TDM_CONFIG_LOADED');
  t.equal(statSync(join(directory, 'new.log')).mode & 0o777 & ~0o640, 0);
  t.match(readFileSync(join(directory, 'old.log'), 'utf8'), /^before\n\{.*\}\n$/);
});

t.test('a file that has grown beyond its size is moved away, and so many old ones are kept', async (t) => {
  const directory = t.testdir({});
  const path = join(directory, 'a.log');
  const log = logBy(logger('kea-dhcp4', 'INFO', file(path, { maxSize: 400, maxVersions: 3 })));
  for (let count = 0; count < 11; count++) log('TDM_CONFIG_LOADED', { count, text: 'x'.repeat(200) });
  const counts = (name: string): unknown[] =>
    readFileSync(join(directory, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { count: unknown }).count);
  t.strictSame(readdirSync(directory).sort(), ['a.log', 'a.log.1', 'a.log.2', 'a.log.3']);
  t.strictSame(['a.log.3', 'a.log.2', 'a.log.1', 'a.log'].map(counts), [[4, 5], [6, 7], [8, 9], [10]]);
});

t.test('a file without a size is never moved away', async (t) => {
  const directory = t.testdir({});
  const log = logBy(logger('kea-dhcp4', 'INFO', file(join(directory, 'a.log'))));
  for (let count = 0; count < 100; count++) log('TDM_CONFIG_LOADED', { text: 'x'.repeat(10_000) });
  t.strictSame(readdirSync(directory), ['a.log']);
});

t.test('a file that was moved away is made again when the configuration is read again', async (t) => {
  const directory = t.testdir({});
  const path = join(directory, 'a.log');
  const loggers = [logger('kea-dhcp4', 'INFO', file(path))];
  const log = logBy(...loggers);
  log('TDM_CONFIG_LOADED');
  renameSync(path, `${path}.old`);
  log('TDM_CONFIG_WARNING');
  log.prepare(loggers, 4);
  log('TDM_CONFIG_PROBLEM');
  log.take();
  log('TDM_CONFIG_REFUSED');
  t.strictSame(idsIn(`${path}.old`), ['TDM_CONFIG_LOADED', 'TDM_CONFIG_WARNING', 'TDM_CONFIG_PROBLEM']);
  t.strictSame(idsIn(path), ['TDM_CONFIG_REFUSED']);
});

t.test('a file that cannot be opened is an error, and the log goes on as it was', async (t) => {
  const directory = t.testdir({});
  const path = join(directory, 'a.log');
  const log = logBy(logger('kea-dhcp4', 'INFO', file(path)));
  const open = (target: string) => () =>
    log.prepare([logger('kea-dhcp4', 'INFO', file(join(directory, 'b.log')), file(target))], 4);
  const missing = join(directory, 'none', 'x.log');
  t.throws(open(missing), {
    code: 'TDM_ERR_LOG_FILE',
    message: `cannot write the log to "${missing}": ENOENT`,
  });
  t.throws(open(directory), { message: /EISDIR/ });
  t.throws(open(join(path, 'x.log')), { message: /ENOTDIR/ });
  log.take();
  log('TDM_CONFIG_LOADED');
  t.strictSame(idsIn(path), ['TDM_CONFIG_LOADED']);
});

t.test('a rotation that fails is said and tried again; no line is lost', async (t) => {
  const directory = t.testdir({ 'a.log.1': { inside: '' } });
  const path = join(directory, 'a.log');
  const log = logBy(logger('kea-dhcp4', 'INFO', file(path, { maxSize: 3000 })));
  for (let count = 0; count < 3; count++) log('TDM_CONFIG_LOADED', { text: 'x'.repeat(2000) });
  t.strictSame(idsIn(path), [
    'TDM_CONFIG_LOADED',
    'TDM_CONFIG_LOADED',
    'TDM_LOG_ROTATION_FAILED',
    'TDM_CONFIG_LOADED',
  ]);
  renameSync(`${path}.1`, join(directory, 'away'));
  for (let count = 0; count < 2; count++) log('TDM_CONFIG_LOADED', { text: 'x'.repeat(2000) });
  t.ok(existsSync(`${path}.1`), 'once it has grown by its size again');
});

t.test(
  'a full disk stops nothing; what was lost is counted and said',
  { skip: !existsSync('/dev/full') },
  async (t) => {
    const path = join(t.testdir({}), 'a.log');
    const log = logBy(logger('kea-dhcp4', 'INFO', file('/dev/full'), file(path)));
    for (let count = 0; count < 3; count++) log('TDM_CONFIG_LOADED');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    t.strictSame(idsIn(path), [
      'TDM_CONFIG_LOADED',
      'TDM_LOG_OUTPUT_FAILED',
      'TDM_CONFIG_LOADED',
      'TDM_CONFIG_LOADED',
    ]);
    t.match(JSON.parse(lines[1]!), { output: '/dev/full', reason: 'ENOSPC' });
  },
);

t.test(
  'a pipe whose reader has stopped takes lines again when it reads, with the count of those it missed',
  async (t) => {
    const path = join(t.testdir({}), 'pipe');
    t.equal(spawnSync('mkfifo', [path]).status, 0);
    t.throws(() => logBy(logger('kea-dhcp4', 'INFO', file(path))), { message: /ENXIO/ }, 'nobody reads it');
    // Read and write, so that opening does not wait for the other end.
    const reader = openSync(path, 'r+');
    const log = logBy(logger('kea-dhcp4', 'INFO', file(path, { maxSize: 100 })));
    for (let count = 0; count < 50; count++) log('TDM_CONFIG_LOADED', { count, text: 'x'.repeat(4000) });
    const buffer = Buffer.alloc(1 << 20);
    const before = readSync(reader, buffer, 0, buffer.length, null);
    const written = buffer.subarray(0, before).toString().split('\n').slice(0, -1).length;
    log('TDM_CONFIG_LOADED', { count: 50 });
    nowMs += 10_000;
    log('TDM_CONFIG_LOADED', { count: 51 });
    const after = buffer.subarray(0, readSync(reader, buffer, 0, buffer.length, null)).toString();
    const events = after
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    t.match(events, [
      { id: 'TDM_CONFIG_LOADED', count: 50 },
      { id: 'TDM_CONFIG_LOADED', count: 51 },
      // The report of the failure could not get through either.
      { id: 'TDM_LOG_LINES_LOST', output: path, lost: 50 - written + 1 },
    ]);
    closeSync(reader);
  },
);

t.test('a line of which only half fits is taken back: what is in the file are whole lines', async (t) => {
  const path = join(t.testdir({}), 'a.log');
  const module = new URL('../../src/log/logger.js', import.meta.url).href;
  const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog({ level: 'info' });
    const target = { kind: 'file', path: ${JSON.stringify(path)}, maxSize: 0, maxVersions: 1 };
    const outputs = [{ target, pattern: null }, { target: { kind: 'stdout' }, pattern: null }];
    log.prepare([{ name: 'kea-dhcp4', severity: 'INFO', debugLevel: 0, outputs }], 4);
    log.take();
    for (let count = 0; count < 9; count++) log('TDM_CONFIG_LOADED', { count, text: 'x'.repeat(300) });`;
  // A file may have a block of 1,024 octets here; beyond it write(2) takes what fits and then fails.
  const shell = `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
  const said = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  t.match(
    said.find(({ id }) => id === 'TDM_LOG_OUTPUT_FAILED'),
    { output: path, reason: 'EFBIG' },
  );
  t.equal(said.length, 10);
  t.strictSame(idsIn(path).slice(0, 2), ['TDM_CONFIG_LOADED', 'TDM_CONFIG_LOADED']);
  t.ok(readFileSync(path).length < 1024);
});

t.test(
  'when no output is left a failure is said on standard error',
  { skip: !existsSync('/dev/full') },
  async (t) => {
    const module = new URL('../../src/log/logger.js', import.meta.url).href;
    const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog({ level: 'info' });
    const target = { kind: 'file', path: '/dev/full', maxSize: 0, maxVersions: 1 };
    log.prepare([{ name: 'kea-dhcp4', severity: 'INFO', debugLevel: 0, outputs: [{ target, pattern: null }] }], 4);
    log.take();
    for (let count = 0; count < 3; count++) log('TDM_CONFIG_LOADED');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    t.equal(stdout, '');
    t.match(JSON.parse(stderr), { id: 'TDM_LOG_OUTPUT_FAILED', output: '/dev/full', reason: 'ENOSPC' });
  },
);

t.test('standard output and standard error stay open when the configuration changes', async (t) => {
  const module = new URL('../../src/log/logger.js', import.meta.url).href;
  const script = `
    const { createLog } = await import(${JSON.stringify(module)});
    const log = createLog({ level: 'info' });
    const by = (...kinds) => {
      log.prepare([{ name: 'kea-dhcp4', severity: 'INFO', debugLevel: 0, outputs: kinds.map((kind) => ({ target: { kind }, pattern: '%m%n' })) }], 4);
      log.take();
    };
    log('TDM_CONFIG_LOADED');
    by('stderr');
    log('TDM_CONFIG_WARNING');
    by('stdout', 'stderr');
    log('TDM_CONFIG_REFUSED', { file: 'x' });`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  t.match(stdout, /^\{.*TDM_CONFIG_LOADED.*\}\nTDM_CONFIG_REFUSED the configuration was refused file="x"\n$/);
  t.match(stderr, /^TDM_CONFIG_WARNING [^\n]*\nTDM_CONFIG_REFUSED [^\n]*\n$/);
});

t.test('a directory that is gone stops nothing', async (t) => {
  const directory = t.testdir({});
  const logs = join(directory, 'logs');
  mkdirSync(logs);
  const path = join(logs, 'a.log');
  const log = logBy(logger('kea-dhcp4', 'INFO', file(path, { maxSize: 3000 })));
  renameSync(path, join(directory, 'kept.log'));
  rmdirSync(logs);
  for (let count = 0; count < 2; count++) log('TDM_CONFIG_LOADED', { text: 'x'.repeat(2000) });
  t.strictSame(idsIn(join(directory, 'kept.log')), [
    'TDM_CONFIG_LOADED',
    'TDM_CONFIG_LOADED',
    'TDM_LOG_ROTATION_FAILED',
  ]);
  writeFileSync(logs, '');
});
