/** The load client of DHCPv6 and a server in a process of its own, over ::1. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { findFreeUdpPort } from '../../../src/demo/ports.ts';
import { LoadClient, type LoadSettings6 } from '../../../src/load/client.ts';
import type { Ledger6 } from '../../../src/load/dhcp6/ledger6.ts';
import { serve6, writeConfig6 } from '../../app/dhcp6/relay.ts';
import { scratch } from '../../app/process.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';

/** A machine with ten times as much to do as it can must not make the clients ask again. */
const RETRY_AFTER_MS = 60_000;
t.setTimeout(120_000);

/** A server that answers the load's relay, and what the load has to know of both. */
async function serveLoad(t: Test, directory: string): Promise<LoadSettings6> {
  const port = await findFreeUdpPort('127.0.0.1');
  const relay = { address: '::1', port: await findFreeUdpPort('127.0.0.1') };
  await serve6(t, writeConfig6(directory), port, relay);
  const servers = [{ address: '::1', port }];
  return {
    family: 6,
    relay,
    servers,
    linkAddress: '2001:db8:1::1',
    ledgerCapacity: 4096,
    retryAfterMs: RETRY_AFTER_MS,
  };
}

/** Lets a client make as many exchanges and renewals as it is to. */
async function finish(client: LoadClient<Ledger6>, exchanges: number) {
  const done = (): number => {
    const counts = client.counts();
    return counts['exchanges-completed'] + counts['renewals-completed'];
  };
  while (done() < exchanges) await sleep(5);
  return await client.stop(1000);
}

const CLEAN = {
  'malformed-received': 0,
  'nak-received': 0,
  'address-conflicts': 0,
  'ledger-full': 0,
  'in-flight': 0,
};

t.test('clients get addresses and prefixes, each entered in the ledger', { skip }, async (t) => {
  const directory = scratch(t);
  const settings = await serveLoad(t, directory);
  const client = await LoadClient.start6({ ...settings, wants: 'na+pd', exchangesMax: 300 });
  t.match(await finish(client, 300), { ...CLEAN, 'exchanges-completed': 300, 'server-0-acks': 300 });
  t.equal(client.ledger.size, 600);
  t.same(client.ledger.overlaps(Date.now() / 1000), []);
  t.equal(client.histograms.ackUs.count, 300);
  const rows = readFileSync(join(directory, 'leases6.csv'), 'utf8').trim().split('\n').slice(1);
  t.equal(rows.length, 600, 'what was acknowledged is on the disk');
});

t.test('clients renew what they hold', { skip }, async (t) => {
  const settings = await serveLoad(t, scratch(t));
  const clients = { kind: 'renewing', count: 20 } as const;
  const load = { ...settings, clients, wants: 'na+pd', inFlightMax: 8, exchangesMax: 200 } as const;
  const client = await LoadClient.start6(load);
  t.match(await finish(client, 200), { ...CLEAN, 'exchanges-completed': 20, 'renewals-completed': 180 });
  t.equal(client.ledger.size, 40);
});

t.test('what cannot be had is refused at the start', { skip }, async (t) => {
  const port = await findFreeUdpPort('127.0.0.1');
  const settings = {
    family: 6,
    relay: { address: '::1', port },
    servers: [{ address: '::1', port }],
    linkAddress: '2001:db8::',
  } as const;
  await t.rejects(LoadClient.start6({ ...settings, linkAddress: 'nowhere' }), {
    message: /not an IPv6 address/,
  });
  await t.rejects(LoadClient.start6({ ...settings, relay: { address: '10.0.0.1', port } }));
  await t.rejects(LoadClient.start6({ ...settings, link: 'no-such-link' }), { message: /no interface/ });
  const first = await LoadClient.start6({ ...settings, inFlightMax: 0 });
  await t.rejects(LoadClient.start6(settings), { code: 'EADDRINUSE' });
  await first.stop(0);
});
