/** A real Kea as the backup of a pair of DHCPv6 Tandems: it gets every lease, is not awaited, and gives all back. */
import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { needServers } from './kea.ts';
import { type Binding, openLinkClients6 } from './link-clients6.ts';
import { startBoth } from './pair-steps.ts';
import { CLIENTS_HOST, createPair6 } from './pair6.ts';
import { SUBJECT } from './server.ts';
import type { DhcpServer6 } from './server6.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

const MODE = 'hot-standby';
const CLIENTS = 12;
const STEP_TIMEOUT_MS = 20_000;
const ASSIGNED = 0;

for (const kea of KEAS_IN_TURN)
  t.test(`a backup of ${kea} holds every lease, and restores a server that lost its disk`, async (t) => {
    if (!needServers(t, [kea], ['ip'], 'kea-dhcp6')) return;
    const pair = await createPair6(t, { mode: MODE, server1: SUBJECT, server2: SUBJECT, backup: kea });
    const [server1, backup] = [pair.server1, pair.backup!];
    const clients = openLinkClients6(t, pair.network, CLIENTS_HOST);
    await backup.start();
    await startBoth(pair, MODE);
    t.equal(await backup.haState(), 'backup', 'it is a backup');
    const bind = async (from: number): Promise<Binding[]> => {
      const numbers = Array.from({ length: CLIENTS }, (_, at) => from + at);
      return Promise.all(numbers.map((client) => clients.bind(client)));
    };

    const [given, ...before] = await bind(1);
    await clients.release(given!);
    await holds(backup, before);
    await backup.crash();
    const during = await bind(1 + CLIENTS);
    await server1.logs(/TDM_PEER_BACKUP_LOST/);
    await backup.start();
    const all = [...before, ...during, ...(await bind(1 + 2 * CLIENTS))];
    await server1.logs(/TDM_PEER_BACKUP_BACK/);
    await synchronizeFrom('server1', backup, t);
    await holds(backup, all);
    t.same([await server1.haState(), await pair.server2.haState()], [MODE, MODE], 'the pair is as before');

    await pair.stop();
    rmSync(server1.leaseFile);
    await server1.start();
    await server1.reaches(['partner-down'], STEP_TIMEOUT_MS);
    await synchronizeFrom('backup', server1, t);
    await holds(server1, all);
    await Promise.all([server1.stop(), backup.stop()]);
  });

async function synchronizeFrom(name: string, server: DhcpServer6, t: Pick<Test, 'equal'>): Promise<void> {
  const { result, text } = await server.command('ha-sync', { 'server-name': name });
  t.equal(result, 0, text ?? '');
}

/** Its file has what these clients have, and nothing else is assigned. */
async function holds(server: DhcpServer6, bindings: readonly Binding[]): Promise<void> {
  const wanted = bindings.flatMap(({ address, prefix }) => [address, prefix]).sort();
  await until({ what: `${server.name} has what the clients have`, timeoutMs: STEP_TIMEOUT_MS }, () => {
    const assigned = server.leases().filter(({ state }) => state === ASSIGNED);
    const found = assigned.map(({ address }) => address).sort();
    return found.join() === wanted.join() ? true : null;
  });
}
