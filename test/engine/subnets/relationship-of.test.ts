/** Which subnets a pair shares, and so which leases its synchronization takes. */
import t from 'tap';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import {
  NO_RELATIONSHIP,
  relationshipOf,
  synchronizedSubnets,
} from '../../../src/engine/subnets/relationship-of.ts';
import { peer, relationship } from '../../ha/support/relationship.ts';

const [a, b] = ['a', 'b'].map((name) =>
  relationship('hot-standby', `hub-${name}`, {
    peers: [peer(`branch-${name}`, 'primary'), peer(`hub-${name}`, 'standby')],
  }),
) as [HaRelationshipConfig, HaRelationshipConfig];

function configOf(
  relationships: readonly HaRelationshipConfig[],
  ...names: readonly (string | null)[]
): ServerConfig {
  const subnets = names.map((haServerName, i) => ({ id: i + 1, haServerName }));
  return { relationships, subnets } as unknown as ServerConfig;
}

t.test('with one relationship every subnet is its own, and synchronized', async (t) => {
  const config = configOf([a], 'branch-a', null);
  t.same(
    config.subnets.map((subnet) => relationshipOf(subnet, config.relationships)),
    [0, 0],
  );
  t.same(synchronizedSubnets(config, a), new Set([1, 2]));
  t.equal(synchronizedSubnets(configOf([a], null, 'somebody'), a), null);
});

t.test('on a hub a subnet belongs to the relationship that it names', async (t) => {
  const config = configOf([a, b], 'branch-a', 'hub-b', null, 'somebody', 'hub-a');
  t.same(
    config.subnets.map((subnet) => relationshipOf(subnet, config.relationships)),
    [0, 1, NO_RELATIONSHIP, NO_RELATIONSHIP, 0],
  );
  t.same(synchronizedSubnets(config, a), new Set([1, 5]));
  t.same(synchronizedSubnets(structuredClone(config), b), new Set([2]), 'also after a reload');
});
