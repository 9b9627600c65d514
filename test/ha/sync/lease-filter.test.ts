import t from 'tap';
import { lease, MemoryStore } from '../support/memory-store.ts';
import { answered, pageHandler, ScriptedPeer } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { VirtualTime } from '../support/virtual-time.ts';

t.test(
  '[scenario 50] a synchronization takes only leases of subnets that name the relationship',
  async (t) => {
    for (const [subnets, expected] of [
      [new Set([1]), [1]],
      [null, [1, 2]],
    ] as const) {
      const remote = new MemoryStore();
      remote.put(lease(0x0a000001, 1000, { subnetId: 1 }));
      remote.put(lease(0x0a000102, 1000, { subnetId: 2 }));
      const page = pageHandler(remote);
      const partner = new ScriptedPeer('server2', 'standby', async (command, args) => {
        const answer = command === 'lease4-get-page' ? await page(args) : { result: 0 };
        return answered(answer.result, 'arguments' in answer ? answer.arguments : undefined);
      });
      const server = new Server(relationship('hot-standby', 'server1'), new VirtualTime(), [partner]).start();
      server.synchronizedSubnets = subnets;
      const answer = await server.command('ha-sync', { 'server-name': 'server2' });
      t.match(answer, {
        result: 0,
        text: new RegExp(`${expected.length} leases added.* ${2 - expected.length} of other`),
      });
      t.same(
        [0x0a000001, 0x0a000102].map((each) => server.store.get(each)?.subnetId).filter(Boolean),
        expected,
      );
    }
  },
);
