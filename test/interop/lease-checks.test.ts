/** Leases that are not in their subnet, with each value of `lease-checks`: Tandem starts with the leases that Kea starts with. */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { HEADER_2_1 } from '../journal/support/rows.ts';
import { KEAS, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { createServer } from './server.ts';

const EXPIRE = 2_000_000_000;
const NO_INTERFACES = { interfaces: [], 'dhcp-socket-type': 'udp' };
const SUBNETS = [
  { id: 7, subnet: '10.3.0.0/24' },
  { id: 2, subnet: '10.4.0.0/24' },
];
/** Address, subnet and state of each row. */
const ROWS = [
  ['10.3.0.1', 7, 0],
  ['10.3.0.2', 2, 0],
  ['10.3.0.3', 9, 0],
  ['10.3.0.4', 9, 1],
  ['10.3.0.5', 9, 2],
  ['10.3.0.6', 0, 0],
  ['10.4.0.1', 7, 0],
  ['10.5.0.1', 9, 0],
  ['10.5.0.2', 7, 0],
  ['10.5.0.3', 0, 0],
] as const;

for (const mode of ['none', 'warn', 'fix', 'fix-del', 'del']) {
  t.test(`lease-checks "${mode}": the same leases in the same subnets`, async (t) => {
    if (!needServers(t, KEAS, ['ip'])) return;
    const [tandem, ...keas] = await Promise.all((['tandem', ...KEAS] as const).map(leasesOf));
    for (const [index, kea] of keas.entries()) t.same(tandem, kea, `as ${KEAS[index]}`);
  });

  async function leasesOf(kind: ServerKind): Promise<string[]> {
    const network = createNetwork(t, { nothing: { server1: {} } });
    const dhcp4 = {
      'interfaces-config': NO_INTERFACES,
      'expired-leases-processing': { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 },
      'sanity-checks': { 'lease-checks': mode },
      subnet4: SUBNETS,
    };
    const server = createServer(network, kind, {
      name: 'server1',
      directory: temporaryDirectory(t),
      mode: null,
      dhcp4,
    });
    const rows = ROWS.map(
      ([address, subnet, state]) => `${address},02:00:00:00:00:01,,4000,${EXPIRE},${subnet},0,0,,${state},\n`,
    );
    writeFileSync(server.leaseFile, HEADER_2_1 + rows.join(''));
    await server.start();
    const answer = await server.command('lease4-get-all');
    await server.stop();
    const { leases } = answer.arguments as { leases: { 'ip-address': string; 'subnet-id': number }[] };
    return leases.map((lease) => `${lease['ip-address']} ${lease['subnet-id']}`).sort();
  }
}
