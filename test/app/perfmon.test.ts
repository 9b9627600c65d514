/** The perfmon library in a running server: what is measured, told, and changed by commands and reloads. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { discover } from '../engine/queries.ts';
import { until } from '../interop/waiting.ts';
import { freeUdpPort, scratch } from './process.ts';
import { Reloadable, SERVER, type Test } from './reloading.ts';
import { exchange, sendAll } from './udp-client.ts';

t.setTimeout(170_000);

/** Above the high water of the alarm, whatever the machine does. */
const STOPPED_MS = 500;
const PATIENCE = { what: 'it comes to pass', timeoutMs: 30_000 };

const WAITING = {
  'query-type': 'DHCPDISCOVER',
  'response-type': 'DHCPOFFER',
  'start-event': 'socket_received',
  'stop-event': 'buffer_read',
};
const TOTAL = 'perfmon.DHCPDISCOVER-DHCPOFFER.composite-total_response.mean-usecs';

interface Measured {
  readonly 'duration-key': { readonly 'start-event': string; readonly 'subnet-id': number };
  readonly 'start-time': string;
  readonly occurrences: number;
}

/** A server with the library, and what a test asks of it. */
class Monitored {
  readonly server: Reloadable;
  readonly #relayPort: number;
  readonly #httpPort: number;

  private constructor(server: Reloadable, relayPort: number, httpPort: number) {
    this.server = server;
    this.#relayPort = relayPort;
    this.#httpPort = httpPort;
  }

  static async start(t: Test & Parameters<typeof scratch>[0], parameters?: object): Promise<Monitored> {
    const directory = scratch(t);
    const httpPort = await findFreeTcpPort(SERVER);
    const relayPort = freeUdpPort();
    const server = await Reloadable.start(
      t,
      directory,
      configured(directory, httpPort, parameters),
      undefined,
      relayPort,
    );
    return new Monitored(server, relayPort, httpPort);
  }

  reload(parameters: object) {
    return this.server.reload(configured(this.server.directory, this.#httpPort, parameters));
  }

  /** One DISCOVER that is answered. */
  async answer(): Promise<void> {
    await exchange(this.server.port, this.#relayPort, discover(1));
  }

  async durations(): Promise<readonly Measured[]> {
    const answer = await this.server.ask('perfmon-get-all-durations');
    return (answer.arguments as { durations: Measured[] }).durations;
  }

  /** Resolves when an interval with an answer is over; asks for answers until then. */
  async reported(): Promise<Measured> {
    return until(PATIENCE, async () => {
      await this.answer();
      return (await this.durations()).find(({ occurrences }) => occurrences > 0) ?? null;
    });
  }

  async statistic(name: string): Promise<unknown> {
    const { arguments: found } = await this.server.ask('statistic-get', { name });
    return found?.[name];
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://${SERVER}:${this.#httpPort}/metrics`)).text();
  }
}

function configured(directory: string, httpPort: number, parameters?: object) {
  return {
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': httpPort },
    ],
    'hooks-libraries': [
      { library: 'libdhcp_perfmon.so', ...(parameters && { parameters }) },
      { library: 'libdhcp_subnet_cmds.so' },
    ],
  };
}

t.test('without parameters nothing is measured until a command asks for it', async (t) => {
  const monitored = await Monitored.start(t);
  await monitored.answer();
  t.match(await monitored.server.ask('perfmon-get-all-durations'), {
    result: 3,
    text: 'perfmon-get-all-durations: 0 found',
    arguments: { durations: [], 'interval-width-secs': 60, 'result-set-format': false },
  });
  const on = { 'enable-monitoring': true, 'stats-mgr-reporting': true };
  t.match(await monitored.server.ask('perfmon-control', { 'enable-monitoring': true }), {
    result: 0,
    text: 'perfmon-control success',
    arguments: on,
  });
  const [first] = await until(PATIENCE, async () => {
    await monitored.answer();
    const found = await monitored.durations();
    return found.length === 0 ? null : found;
  });
  t.match(first, { 'start-time': '<none>', occurrences: 0, 'mean-duration-usecs': 0 });
  t.match(await monitored.server.server.logged('TDM_PERFMON_CONTROLLED'), { activeMonitoring: 'enabled' });
  t.match(await monitored.reload({ 'interval-width-secs': 1 }), { result: 0 });
  t.same((await monitored.server.ask('perfmon-control')).arguments, { ...on, 'enable-monitoring': false });
  t.same(await monitored.durations(), []);
});

t.test('means as durations, statistics and metrics; a command that edits leaves them alone', async (t) => {
  const monitored = await Monitored.start(t, { 'enable-monitoring': true, 'interval-width-secs': 1 });
  await monitored.reported();
  const all = await monitored.durations();
  t.equal(all.length, 10, 'five of the subnet, five of all');
  t.match(await monitored.statistic(TOTAL), [[Number, String]]);
  t.match(await monitored.statistic(`subnet-id[1].${TOTAL}`), [[Number, String]]);
  const labels = 'query="DHCPDISCOVER",response="DHCPOFFER",span="composite-total_response"';
  t.match(
    await monitored.metrics(),
    new RegExp(`tandem_perfmon_answers_total\\{${labels}\\} [1-9].*tandem_perfmon_alarms_triggered 0`, 's'),
  );
  const subnet = { id: 2, subnet: '10.9.0.0/24', pools: [{ pool: '10.9.0.10 - 10.9.0.20' }] };
  t.match(await monitored.server.ask('subnet4-add', { subnet4: [subnet] }), { result: 0 });
  t.ok((await monitored.durations()).every(({ occurrences }) => occurrences > 0));
  t.match(await monitored.server.ask('subnet4-del', { id: 1 }), { result: 0 });
  t.equal((await monitored.durations()).length, 5, 'of a subnet that is gone nothing stays');
  t.notOk(await monitored.statistic(`subnet-id[1].${TOTAL}`));
  t.match(await monitored.reload({ 'enable-monitoring': true, 'interval-width-secs': 1 }), { result: 0 });
  t.same(await monitored.durations(), []);
  t.ok(await monitored.statistic(TOTAL), 'statistics stay over a reload');
  t.match(await monitored.reported(), { 'start-time': /^20/ }, 'and it goes on');
  t.match(await monitored.server.reload({}), { result: 0 });
  t.notOk(await monitored.statistic(TOTAL));
  t.match(await monitored.server.ask('perfmon-control'), { result: 2 });
});

t.test('an alarm is raised when queries wait in the socket, and cleared', async (t) => {
  const monitored = await Monitored.start(t, {
    'enable-monitoring': true,
    'interval-width-secs': 1,
    'alarm-report-secs': 0,
    alarms: [{ 'duration-key': WAITING, 'high-water-ms': 200, 'low-water-ms': 199 }],
  });
  const { server } = monitored.server;
  const triggered = 'TDM_PERFMON_ALARM_TRIGGERED';
  await until(PATIENCE, async () => {
    server.child.kill('SIGSTOP');
    await sendAll(
      monitored.server.port,
      Array.from({ length: 20 }, (_, i) => discover(i)),
    );
    await sleep(STOPPED_MS);
    server.child.kill('SIGCONT');
    await monitored.durations();
    return monitored.server.logged(triggered)[0] ?? null;
  });
  t.match(monitored.server.logged(triggered)[0], {
    level: 'warn',
    duration: 'DHCPDISCOVER-DHCPOFFER.socket_received-buffer_read.0',
    since: /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/,
    mean: /^00:00:0\d\.\d{6}$/,
    highWaterMs: 200,
  });
  await until(PATIENCE, async () => {
    await monitored.answer();
    return monitored.server.logged('TDM_PERFMON_ALARM_CLEARED')[0] ?? null;
  });
  t.match(await monitored.metrics(), /tandem_perfmon_alarms_triggered 0/);
});
