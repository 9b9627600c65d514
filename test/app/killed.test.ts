/**
 * A server that is killed again and again in the middle of everything that writes: leases, config-write, lease4-write, the log
 * and its rotation, the log of leases, programs for events, requests to DNS. What it had said is there, and each file is whole.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { askRaw } from '../control/harness.ts';
import { numbersFrom } from '../support/numbers.ts';
import { freeUdpPort, type ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

t.setTimeout(170_000);

/**
 * How many leases a server has confirmed when it is killed, some milliseconds later: in the middle of the commands that come
 * behind a lease with one less, and among leases.
 */
const MOMENTS = [11, 21, 31, 41, 5, 11, 31, 41];
const LIFETIMES = [3600, 1800];

function configuration(directory: string): Record<string, unknown> {
  const program = join(directory, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$1" >> ${join(directory, 'events')}\n`, { mode: 0o755 });
  const output = { output: join(directory, 'tandem.log'), maxsize: 204_800, maxver: 2 };
  return {
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      { library: 'libdhcp_legal_log.so', parameters: { path: directory, 'base-name': 'legal' } },
      { library: 'libdhcp_run_script.so', parameters: { name: program } },
    ],
    'dhcp-ddns': { 'enable-updates': true, 'server-port': freeUdpPort() },
    'ddns-qualifying-suffix': 'example.com',
    loggers: [
      {
        name: 'kea-dhcp4',
        severity: 'DEBUG',
        debuglevel: 99,
        'output-options': [{ output: 'stdout' }, output],
      },
    ],
  };
}

/** Sends commands one after the other until the server is gone. @param said gets the addresses whose lease it has confirmed */
async function keepBusy(directory: string, round: number, said: string[]): Promise<void> {
  const socket = join(directory, 'ctl');
  const ask = async (command: string, args: object): Promise<{ result: number } | null> => {
    const answer = await askRaw(socket, JSON.stringify({ command, arguments: args }));
    return answer === '' ? null : (JSON.parse(answer) as { result: number });
  };
  const { arguments: shown } = JSON.parse(await askRaw(socket, '{"command":"config-get"}')) as {
    arguments: { Dhcp4: object };
  };
  for (let count = 0; ; count++) {
    const address = `10.0.${round}.${(count % 250) + 1}`;
    const hardware = [2, 0, 0, round, count >>> 8, count & 255].map((octet) => octet.toString(16)).join(':');
    const lease = {
      'ip-address': address,
      'hw-address': hardware,
      hostname: `h${count}.example.com`,
      'fqdn-fwd': true,
    };
    const added = await ask('lease4-update', { ...lease, 'force-create': true });
    if (added === null) return;
    if (added.result === 0) said.push(address);
    const next = count % 50;
    if (next === 10) await ask('config-write', {});
    if (next === 20) await ask('lease4-write', { filename: 'copy.csv' });
    if (next === 30)
      await ask('config-set', {
        Dhcp4: { ...shown.Dhcp4, 'valid-lifetime': LIFETIMES[Math.floor(count / 50) % 2] },
      });
    if (next === 40) await ask('kea-lfc-start', {});
  }
}

/** Whole lines of a file, those of all rounds. */
function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

async function killedOnce(
  server: ServerUnderTest,
  directory: string,
  round: number,
  afterMs: number,
): Promise<string[]> {
  const said: string[] = [];
  const busy = keepBusy(directory, round, said).catch(() => {});
  while (said.length < MOMENTS[round]!) await delay(1);
  await delay(afterMs);
  await server.stop('SIGKILL');
  await busy;
  return said;
}

t.test('killed at any moment: every confirmed lease, and files that are whole', async (t) => {
  const directory = scratch(t);
  const chance = numbersFrom(77);
  const file = writeConfig(directory, configuration(directory));
  const confirmed = new Set<string>();
  for (let round = 0; round < MOMENTS.length; round++) {
    const server = await serve(t, file, freeUdpPort());
    const loaded = server.log.find(({ id }) => id === 'TDM_JOURNAL_LOADED');
    t.match(loaded, { rowErrors: 0 }, `round ${round}: no row is damaged`);
    for (const address of await killedOnce(server, directory, round, chance(25))) confirmed.add(address);
    const read = loadConfig(file);
    t.ok(read.ok, `round ${round}: the configuration is whole`);
    if (read.ok) t.ok(LIFETIMES.includes(read.config.subnets[0]!.validLifetime.defaultSec));
  }
  const server = await serve(t, file, freeUdpPort());
  const socket = join(directory, 'ctl');
  const { arguments: found } = JSON.parse(await askRaw(socket, '{"command":"lease4-get-all"}')) as {
    arguments: { leases: { 'ip-address': string }[] };
  };
  const there = new Set(found.leases.map((lease) => lease['ip-address']));
  t.same(
    [...confirmed].filter((address) => !there.has(address)),
    [],
    `of ${confirmed.size}`,
  );
  t.ok(confirmed.size > 150, `${confirmed.size} were confirmed`);
  const figures = JSON.parse(
    await askRaw(socket, '{"command":"statistic-get","arguments":{"name":"subnet[1].assigned-addresses"}}'),
  ) as { arguments: Record<string, [[number]]> };
  t.equal(
    figures.arguments['subnet[1].assigned-addresses']?.[0][0],
    there.size,
    'the statistic is that of the leases',
  );
  await server.stop();
  const legal = readdirSync(directory).filter((name) => /^legal\./.test(name));
  const lines = legal.flatMap((name) => linesOf(join(directory, name)));
  const whole =
    /^[-\d]{10} [:\d]{8} \S+ (Address: [\d.]+ has been|Administrator .+ the lease of address: [\d.]+ )/;
  const torn = lines.filter((line) => !whole.test(line));
  // A round ends within one line at most, which nothing is added to.
  t.ok(
    torn.length <= MOMENTS.length && torn.every((line) => line.split('ddress: ').length <= 3),
    torn.join('\n'),
  );
  for (const name of ['tandem.log', 'tandem.log.1'])
    for (const line of linesOf(join(directory, name)))
      t.ok(line.split('TDM_').length <= 3, `${name}: ${line.slice(0, 200)}`, { diagnostic: false });
});
