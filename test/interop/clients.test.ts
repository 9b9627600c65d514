/** Real clients (ISC dhclient) behind a real relay (ISC dhcrelay) that forwards to both servers. */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { ADDRESS, CLIENTS_SEGMENT } from './configuration.ts';
import { type ClientEvent, createDhclient, type DhcpClient } from './dhclient.ts';
import type { Teardown } from './network.ts';
import { type Pair, startPair } from './pair.ts';
import { CLIENT_MAC, RELAY_NETWORK, startRelay } from './relay.ts';
import { type DhcpServer, SUBJECT } from './server.ts';
import { until } from './waiting.ts';

/** Renewal after 3 s, rebinding after 6 s: long enough for a takeover, short enough for a test. */
const LIFETIME_SEC = 12;
/** A lease that ends was released: none is taken back because it expired. */
const NO_RECLAMATION = { 'expired-leases-processing': { 'reclaim-timer-wait-time': 0 } };
const PROGRAMS = ['ip', 'sysctl', 'dhclient', 'dhcrelay'];

t.test('two clients get, renew, keep through a crash, and release their addresses', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const { pair, client1, client2 } = await startScene(t);
  const servers = [pair.server1, pair.server2];

  const [bound1, bound2] = await Promise.all([client1.bind(20_000), client2.bind(20_000)]);
  t.equal(bound1.server, ADDRESS.server1, 'client1 is served by its own server');
  t.equal(bound2.server, ADDRESS.server2, 'client2 is served by its own server');
  t.not(bound1.address, bound2.address);
  for (const server of servers) {
    const { leases } = server.leases();
    t.equal(leases.get(bound1.address)?.mac, CLIENT_MAC.client1, `${server.name} holds client1`);
    t.equal(leases.get(bound2.address)?.mac, CLIENT_MAC.client2, `${server.name} holds client2`);
  }

  const renewed = await Promise.all(
    [client1, client2].map((client) => client.next('renews', 10_000, isRenewal)),
  );
  const addresses = renewed.map(({ address }) => address);
  t.same(addresses, [bound1.address, bound2.address], 'renewal keeps the address');

  await pair.server1.crash();
  const bySurvivor = ({ server }: ClientEvent): boolean => server === ADDRESS.server2;
  const kept = await client1.next('is kept by the survivor', 2 * LIFETIME_SEC * 1000, bySurvivor);
  t.equal(kept.address, bound1.address, 'the survivor extends the lease of the dead server');
  t.notOk(client1.events().some(isLoss), 'client1 never lost it');
  await pair.server1.start();
  await pair.normal();
  // A client that rebound to the survivor would name it in its RELEASE, and a load-balancing server leaves to its partner
  // what is not in its scope: nobody would take it.
  const byOwn = ({ server }: ClientEvent): boolean => server === ADDRESS.server1;
  await client1.next('returns to its own server', 2 * LIFETIME_SEC * 1000, byOwn);

  await client1.release();
  await client2.release();
  for (const server of servers) {
    await awaitReleased(server, bound1.address);
    await awaitReleased(server, bound2.address);
    t.pass(`${server.name} let both addresses go`);
  }
});

async function startScene(t: Teardown): Promise<{ pair: Pair; client1: DhcpClient; client2: DhcpClient }> {
  const pair = await startPair(t, {
    mode: 'load-balancing',
    server1: SUBJECT,
    server2: SUBJECT,
    validLifetimeSec: LIFETIME_SEC,
    dhcp4: NO_RECLAMATION,
    extraNetwork: RELAY_NETWORK,
  });
  await startRelay(pair.network);
  const client = (host: string): DhcpClient =>
    createDhclient(pair.network, host, CLIENTS_SEGMENT, pair.directory);
  return { pair, client1: client('client1'), client2: client('client2') };
}

function isRenewal({ reason }: ClientEvent): boolean {
  return reason === 'RENEW';
}

function isLoss({ reason }: ClientEvent): boolean {
  return reason === 'EXPIRE' || reason === 'FAIL';
}

/** Released = deleted, or kept in state released (3). */
async function awaitReleased(server: DhcpServer, address: string): Promise<void> {
  await until({ what: `${server.name} releases ${address}`, timeoutMs: 20_000 }, () => {
    const lease = server.leases().leases.get(address);
    return lease === undefined || lease.state === 3 ? true : null;
  });
}
