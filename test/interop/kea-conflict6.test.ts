/** A pair of DHCPv6 servers of which one does not know the subnet that the other gives from: no client relies on what one holds alone. */
import t from 'tap';
import { needServers } from './kea.ts';
import { openLinkClients6 } from './link-clients6.ts';
import { ROLES_IN_TURN, startBoth } from './pair-steps.ts';
import { CLIENTS_HOST, createPair6 } from './pair6.ts';
import { nearSubnet6 } from './scene6.ts';
import { FILE_TURN } from './turn.ts';

const MODE = 'hot-standby';
/** For an answer that does not come, and for one that does. */
const PATIENCE_MS = 6_000;
const ASSIGNED = 0;

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const { server1, server2 } of ROLES_IN_TURN.filter(
  (_, at) => FILE_TURN === null || at % 2 === FILE_TURN,
))
  t.test(
    `${server1} does not acknowledge what ${server2} rejects, and both go on`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip'], 'kea-dhcp6')) return;
      const dhcp6 = { server2: { subnet6: [nearSubnet6({ id: 9 })] } };
      const pair = await createPair6(t, { mode: MODE, server1, server2, dhcp6 });
      const clients = openLinkClients6(t, pair.network, CLIENTS_HOST, PATIENCE_MS);
      await startBoth(pair, MODE);
      await t.rejects(clients.bind(1), /no answer to .*"type":3/, 'a REQUEST is not answered');
      t.same([await pair.server1.haState(), await pair.server2.haState()], [MODE, MODE]);
      await pair.stop();
      const held = pair.server2.leases().filter(({ state }) => state === ASSIGNED);
      t.same(held, [], 'what was rejected is not kept');
    },
  );
