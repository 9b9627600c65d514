/** A hub has leases of other relationships, which a synchronization leaves alone. */
import { forLeasesOfEach, respondBy } from '../support/lease-families.ts';
import { ScriptedPeer } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { VirtualTime } from '../support/virtual-time.ts';

forLeasesOfEach(
  '[scenario 50] a synchronization takes only leases of subnets that name the relationship',
  async (t, family) => {
    for (const [subnets, expected] of [
      [new Set([1]), [1]],
      [null, [1, 2]],
    ] as const) {
      const remote = family.open();
      for (const subnetId of [1, 2]) remote.put(family.lease(subnetId, 1000, { subnetId }));
      const partner = new ScriptedPeer('server2', 'standby', respondBy(remote));
      const config = relationship('hot-standby', 'server1');
      const server = new Server(config, new VirtualTime(), [partner], family.open()).start();
      server.synchronizedSubnets = subnets;
      const answer = await server.command('ha-sync', { 'server-name': 'server2' });
      t.match(answer, {
        result: 0,
        text: new RegExp(`${expected.length} leases added.* ${2 - expected.length} of other`),
      });
      t.same(
        [1, 2].filter((host) => server.store.at(host)?.subnetId === host),
        expected,
      );
    }
  },
);
