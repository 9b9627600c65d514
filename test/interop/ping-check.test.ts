/**
 * Somebody uses an address of the pool without asking: the real Kea 3.0 and Tandem find out before they offer it, offer the next
 * one, and have the same lease of it in their files.
 */
import t from 'tap';
import { createDhclient } from './dhclient.ts';
import { type KeaKind, needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { createServer } from './server.ts';

const BIND_MS = 30_000;
const USED = '10.64.0.10';

for (const kind of ['kea 3.0', 'tandem'] as const) {
  t.test(`${kind}: an address that answers is declined, one that does not is given`, async (t) => {
    const keas: readonly KeaKind[] = kind === 'tandem' ? [] : [kind];
    if (!needServers(t, keas, ['ip', 'dhclient'])) return;
    const network = createNetwork(t, {
      servers: {
        server1: { address: '10.64.0.1/14' },
        squatter: { address: `${USED}/14` },
        client: {},
      },
    });
    const directory = temporaryDirectory(t);
    const server = createServer(network, kind, {
      name: 'server1',
      directory,
      mode: null,
      dhcp4: {
        'interfaces-config': { interfaces: ['servers'], 'dhcp-socket-type': 'raw' },
        'hooks-libraries': [
          { library: 'libdhcp_lease_cmds.so' },
          { library: 'libdhcp_ping_check.so', parameters: { 'reply-timeout': 300 } },
        ],
        subnet4: [{ id: 1, subnet: '10.64.0.0/14', pools: [{ pool: `${USED} - 10.64.0.20` }] }],
      },
    });
    await server.start();
    const client = createDhclient(network, 'client', 'servers', directory);
    const bound = await client.bind(BIND_MS);
    t.equal(bound.address, '10.64.0.11');
    const { arguments: lease } = await server.command('lease4-get', { 'ip-address': USED });
    t.match(lease, { state: 1, 'hw-address': '', 'subnet-id': 1, 'valid-lft': 86_400 });
    const counted = ['declined-addresses', 'subnet[1].declined-addresses', 'subnet[1].assigned-addresses'];
    const values: unknown[] = [];
    for (const name of counted) {
      const answer = await server.command('statistic-get', { name });
      values.push((answer.arguments as Record<string, [[number]]>)[name]?.[0][0]);
    }
    t.same(values, [1, 1, 2], counted.join(', '));
    // Kea says it through a logger that the stories have silenced.
    if (kind === 'tandem') await server.logs(new RegExp(`"${USED}".*TDM_ENGINE_ADDRESS_IN_USE`));
    await client.release();
    await server.stop();
  });
}
