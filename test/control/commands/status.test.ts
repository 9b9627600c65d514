import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { EncodedJson } from '../../../src/base/encoded-json.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import type { CommandHandler } from '../../../src/control/answer.ts';
import { createStatusCommands, type StatusSources } from '../../../src/control/commands/status.ts';

const config = {
  multiThreading: { enabled: true, threadPoolSize: 4, packetQueueSize: 64 },
  leaseDatabase: { persist: true, path: '/var/lib/kea/kea-leases4.csv', lfcIntervalSec: 0, maxRowErrors: 0 },
} as ServerConfig;

function setUp(sources: Partial<StatusSources> = {}) {
  const exits: number[] = [];
  const commands: Map<string, CommandHandler> = createStatusCommands({
    clock: { wallSec: () => 0, wallMs: () => 0, monotonicMs: () => 100_999 },
    table: () => commands,
    version: { version: '0.1.0', extended: 'Tandem 0.1.0\nNode v20' },
    startedMs: 1_000,
    configuredMs: () => 91_000,
    config: () => config,
    sockets: () => ({ status: 'ready', errors: [] }),
    dhcpState: () => ({ 'globally-disabled': false }),
    highAvailability: () => null,
    shutdown: (exitValue) => void exits.push(exitValue),
    ...sources,
  });
  return { run: (name: string, args?: unknown) => commands.get(name)!(args), commands, exits };
}

t.test('list-commands names the whole table in order, also what was added later', async (t) => {
  const { run, commands } = setUp();
  commands.set('zz-last', () => ({ result: 0 }));
  commands.set('aa-first', () => ({ result: 0 }));
  t.same(await run('list-commands'), {
    result: 0,
    arguments: [
      'aa-first',
      'build-report',
      'list-commands',
      'shutdown',
      'status-get',
      'version-get',
      'zz-last',
    ],
  });
});

t.test('version-get gives the version as text and its parts as arguments', async (t) => {
  t.same(await setUp().run('version-get'), {
    result: 0,
    text: '0.1.0',
    arguments: { extended: 'Tandem 0.1.0\nNode v20' },
  });
});

t.test(
  'status-get tells times in whole seconds, threads, sockets and the state of the service',
  async (t) => {
    t.same(await setUp().run('status-get'), {
      result: 0,
      arguments: {
        'csv-lease-file': '/var/lib/kea/kea-leases4.csv',
        'dhcp-state': { 'globally-disabled': false },
        'multi-threading-enabled': true,
        'packet-queue-size': 64,
        'packet-queue-statistics': new EncodedJson('[ 0.0, 0.0, 0.0 ]'),
        pid: process.pid,
        reload: 9,
        sockets: { status: 'ready' },
        'thread-pool-size': 4,
        uptime: 99,
      },
    });
  },
);

t.test('status-get has the high-availability list as it was handed over', async (t) => {
  const list = [{ 'ha-mode': 'load-balancing' }];
  const { arguments: report } = await setUp({ highAvailability: () => list }).run('status-get', [1]);
  t.same((report as Record<string, unknown>)['high-availability'], list);
});

t.test('status-get says why sockets are not open, and leaves out what is not there', async (t) => {
  const { run } = setUp({
    sockets: () => ({ status: 'failed', errors: ['eth0: no such device'] }),
    config: () =>
      ({
        multiThreading: { ...config.multiThreading, enabled: false },
        leaseDatabase: { ...config.leaseDatabase, persist: false },
      }) as ServerConfig,
  });
  const { arguments: report } = await run('status-get');
  t.match(report, {
    sockets: { status: 'failed', errors: ['eth0: no such device'] },
    'multi-threading-enabled': false,
  });
  t.notHas(report, { 'thread-pool-size': Number });
  t.notHas(report, { 'packet-queue-size': Number });
  t.notHas(report, { 'csv-lease-file': String });
});

t.test('shutdown begins with the exit value that was asked for, 0 without one', async (t) => {
  const { run, exits } = setUp();
  t.same(await run('shutdown'), { result: 0, text: 'Shutting down.' });
  t.match(await run('shutdown', { 'exit-value': 255 }), { result: 0 });
  t.match(await run('shutdown', {}), { result: 0 });
  t.same(exits, [], 'not before the answer has left');
  await setImmediate();
  t.same(exits, [0, 255, 0]);
});

t.test('shutdown with an exit value that no process can have, or no map, does nothing', async (t) => {
  const { run, exits } = setUp();
  for (const value of ['x', '1', 1.5, true, null, {}, -1, 256, 99_999_999_999]) {
    const answer = await run('shutdown', { 'exit-value': value });
    t.match(answer, { result: 1, text: /parameter 'exit-value' is not/ }, JSON.stringify(value));
  }
  for (const args of [[], 3, null, 'exit-value']) {
    t.same(await run('shutdown', args), { result: 1, text: 'Argument must be a map' });
  }
  await setImmediate();
  t.same(exits, []);
});
