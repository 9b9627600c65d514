/** Reloads of every kind under hundreds of exchanges a second: nobody who asks is left without an answer. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { scratch } from './process.ts';
import { endWithoutLoss, RELAY, Reloadable, SERVER, startLoad, type Test } from './reloading.ts';

t.setTimeout(170_000);

const RATE_PER_SEC = 800;
/** Load before, between and after reloads, so that each meets a server at work. */
const BETWEEN_MS = 400;
const SUBNET = {
  id: 1,
  subnet: '10.0.0.0/14',
  pools: [{ pool: '10.0.0.10 - 10.3.255.250' }],
  relay: { 'ip-addresses': [RELAY] },
};

type Changes = Record<string, unknown>;

/** Runs reloads one after the other under load. */
async function underLoad(t: Test, first: Changes, steps: (directory: string) => Promise<readonly Changes[]>) {
  const directory = scratch(t);
  const relayPort = await findFreeUdpPort(RELAY);
  const base = { subnet4: [SUBNET] };
  const reloadable = await Reloadable.start(t, directory, { ...base, ...first }, undefined, relayPort);
  const client = await startLoad([reloadable.port], relayPort, RATE_PER_SEC);
  await sleep(2 * BETWEEN_MS);
  for (const changes of await steps(directory)) {
    const answer = await reloadable.reload({ ...base, ...changes });
    t.match(answer, { result: 0 }, JSON.stringify(Object.keys(changes)));
    const control = changes['control-socket'] as { 'socket-name': string } | undefined;
    if (control !== undefined) reloadable.socket = control['socket-name'];
    await sleep(BETWEEN_MS);
  }
  const counts = await endWithoutLoss(t, client);
  t.comment(
    `${counts['exchanges-completed']} exchanges, the longest ${Math.round(counts['longest-us'] / 1000)} ms`,
  );
  return { counts, reloadable };
}

t.test('subnets, options, lifetimes and pools', async (t) => {
  const more = Array.from({ length: 200 }, (_, i) => ({
    id: i + 2,
    subnet: `10.200.${i}.0/24`,
    pools: [{ pool: `10.200.${i}.10 - 10.200.${i}.200` }],
  }));
  const { counts } = await underLoad(t, {}, async () => [
    { subnet4: [SUBNET, ...more] },
    { subnet4: [SUBNET], 'option-data': [{ name: 'domain-name-servers', data: '192.0.2.1' }] },
    { 'valid-lifetime': 7200 },
    { subnet4: [{ ...SUBNET, pools: [{ pool: '10.0.0.10 - 10.2.255.250' }] }] },
    {},
  ]);
  t.equal(counts['address-conflicts'], 0);
  t.equal(counts['nak-received'], 0);
});

t.test('interfaces', async (t) => {
  const lists = (interfaces: string[]): Changes => ({
    'interfaces-config': { interfaces, 'dhcp-socket-type': 'udp' },
  });
  const { counts } = await underLoad(t, {}, async () => [
    lists(['lo']),
    lists(['lo/127.0.0.1', '*']),
    lists(['lo/127.0.0.1']),
  ]);
  t.equal(counts['address-conflicts'], 0);
});

t.test('control sockets', async (t) => {
  const { counts } = await underLoad(t, {}, async (directory) => {
    const unix = (name: string) => ({ 'socket-type': 'unix', 'socket-name': join(directory, name) });
    const port = await findFreeTcpPort(SERVER);
    const http = { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': port };
    return [
      { 'control-socket': unix('other') },
      { 'control-socket': undefined, 'control-sockets': [unix('other'), http] },
      { 'control-socket': unix('ctl') },
    ];
  });
  t.equal(counts['address-conflicts'], 0);
});

t.test('the lease database', async (t) => {
  await underLoad(t, {}, async (directory) => {
    const database = (more: object) => ({ 'lease-database': { type: 'memfile', ...more } });
    return [
      database({ name: join(directory, 'leases.csv'), 'lfc-interval': 1 }),
      database({ name: join(directory, 'other.csv') }),
      database({ name: join(directory, 'leases.csv'), 'max-row-errors': 5 }),
      database({ persist: false }),
      database({ name: join(directory, 'third.csv') }),
      { 'user-context': { tandem: { fdatasync: false } } },
    ];
  });
});

t.test('fifty in a row', async (t) => {
  const { counts } = await underLoad(t, {}, async () =>
    Array.from({ length: 50 }, (_, i) => ({ 'valid-lifetime': 3600 + i })),
  );
  t.equal(counts['address-conflicts'], 0);
});
