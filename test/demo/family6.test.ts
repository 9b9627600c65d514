/** The demonstration's DHCPv6: a server of this program, its clients, and what stands on its disk afterwards. */
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseConfig6 } from '../../src/config/load6.ts';
import { DEMO_FAMILY_6 } from '../../src/demo/family.ts';
import { checkInvariants, type DiskLease } from '../../src/demo/invariants.ts';
import { createIdentity, createLocalServer6, TANDEM } from '../../src/demo/local-server.ts';
import { pairConfig6, singleConfig6 } from '../../src/demo/pair-config6.ts';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { viewServer } from '../../src/demo/server-view.ts';
import { allocateLedger6, Ledger6 } from '../../src/load/dhcp6/ledger6.ts';
import { prefix6 } from '../engine/dhcp6/config.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';
const SEED = 9;
const EXCHANGES = 200;

t.test('what its clients were told stands on the disk, and what does not is found', { skip }, async (t) => {
  const directory = t.testdir();
  const identity = await createIdentity('server1', '::1', directory);
  const configuration = singleConfig6({
    ...identity,
    index: 0,
    leaseTimeSec: 7200,
    poolClasses: [null, null],
  });
  const relay = { address: '::1', port: await findFreeUdpPort('127.0.0.1') };
  const server = await createLocalServer6(TANDEM, identity, configuration, directory, relay.port);
  t.teardown(async () => {
    await server.process.kill();
    await server.commands.close();
  });
  await server.process.start();
  while ((await viewServer(server.commands)).state === 'down') await sleep(50);
  const load = await DEMO_FAMILY_6.startLoad(
    { relay, servers: [server] },
    { seed: SEED, exchangesMax: EXCHANGES, ledgerCapacity: 1024 },
  );
  while (load.counts()['exchanges-completed'] < EXCHANGES) await sleep(10);
  const counts = await load.stop(1000);
  t.match(await viewServer(server.commands), { state: 'no partner', leases: 2 * EXCHANGES });
  t.equal(await server.process.stop(5000), true);

  const nowSec = systemClock.wallSec();
  const leases = new Map(DEMO_FAMILY_6.readLeases(identity.leaseFile, SEED));
  const broken = (second: ReadonlyMap<string, DiskLease>) =>
    checkInvariants({
      witness: DEMO_FAMILY_6.witness(load.ledger, nowSec),
      counts,
      files: [
        { server: 'server1', leases },
        { server: 'server2', leases: second },
      ],
      nowSec,
    }).filter(({ held }) => !held);
  t.equal(leases.size, 2 * EXCHANGES);
  t.same(broken(leases), []);
  const [prefix = ''] = [...leases.keys()].filter((name) => name.endsWith('/56'));
  const lost = new Map(leases);
  lost.delete(prefix);
  t.match(broken(lost), [{ invariant: /server2's disk/, detail: /is not there/ }]);
  const taken = new Map(leases).set(prefix, { ...leases.get(prefix)!, client: 777, owner: 'somebody' });
  t.match(broken(taken), [{ invariant: /agree/ }, { detail: /belongs to client 777/ }]);
});

t.test('a prefix inside of another one breaks a promise', async (t) => {
  const ledger = new Ledger6(allocateLedger6(64));
  for (const text of ['2001:db8::/48', '2001:db8::/56']) {
    const { prefix, prefixLength } = prefix6(text);
    ledger.record(prefix, 0, prefixLength, 1, 1000, 60);
  }
  const witness = DEMO_FAMILY_6.witness(ledger, 1001);
  t.match(witness, { size: 2, overlaps: 1, conflicts: ['2001:db8::/56 lies inside of 2001:db8::/48'] });
});

for (const mode of ['load-balancing', 'hot-standby'] as const) {
  t.test(`the configurations of a ${mode} pair are accepted without a warning`, async (t) => {
    const directory = t.testdir();
    const identify = (name: string) => createIdentity(name, '::1', directory);
    const members = [await identify('server1'), await identify('server2')] as const;
    const timing = {
      heartbeatDelayMs: 500,
      maxResponseDelayMs: 1500,
      maxAckDelayMs: 400,
      maxUnackedClients: 4,
    };
    for (const index of [0, 1] as const) {
      const document = pairConfig6({ mode, members, leaseTimeSec: 7200, timing }, index);
      const result = parseConfig6(JSON.stringify(document), 'pair.conf');
      t.same(result.warnings, []);
      t.equal(result.ok, true, JSON.stringify(result));
    }
  });
}
