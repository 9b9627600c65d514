/** The loggers of the configuration in a running server: files at the start, after a reload, and where there can be none. */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

/** One logger with these outputs and, for the test to read, standard output. */
function loggers(...outputs: readonly string[]) {
  return [
    {
      name: 'kea-dhcp4',
      severity: 'info',
      output_options: [...outputs, 'stdout'].map((output) => ({ output })),
    },
  ];
}

function idsIn(path: string): unknown[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { id: unknown }).id);
}

t.test('the log is in the file, and after a reload in the file that then has the name', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'tandem.log');
  const file = writeConfig(directory, { loggers: loggers(path) });
  const server = await serve(t, file, freeUdpPort());
  t.equal(idsIn(path)[0], 'TDM_ENGINE_STARTING');
  t.ok(idsIn(path).includes('TDM_ENGINE_SERVING'));
  renameSync(path, `${path}.old`);
  server.child.kill('SIGHUP');
  await server.logged('TDM_ENGINE_RELOADED');
  t.equal(await server.stop(), 0);
  t.ok(idsIn(path).includes('TDM_ENGINE_RELOADED'));
  t.equal(idsIn(path).at(-1), 'TDM_ENGINE_STOPPED');
  t.notOk(idsIn(`${path}.old`).includes('TDM_ENGINE_RELOADED'));
});

t.test('a reload whose log file cannot be opened is refused, and everything goes on as it was', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'tandem.log');
  const file = writeConfig(directory, { loggers: loggers(path) });
  const server = await serve(t, file, freeUdpPort());
  writeConfig(directory, { loggers: loggers(join(directory, 'none', 'tandem.log')) });
  server.child.kill('SIGHUP');
  const line = await server.logged('TDM_ENGINE_RELOAD_REFUSED');
  t.match(String(line['problems']), /^cannot write the log to ".*none\/tandem.log": ENOENT$/);
  t.equal(await server.stop(), 0);
  t.equal(idsIn(path).at(-1), 'TDM_ENGINE_STOPPED');
});

t.test('a server whose log file cannot be opened does not start and says why', async (t) => {
  const directory = scratch(t);
  const file = writeConfig(directory, { loggers: loggers(join(directory, 'none', 'tandem.log')) });
  const server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
  t.equal(await server.exitCode(), 1);
  const line = await server.logged('TDM_ENGINE_NOT_STARTED');
  t.match(line['reason'], /^cannot write the log to ".*none\/tandem.log": ENOENT$/);
});
