/** The relationship of server1, as tests of its peer port have it. */
import type { HaPeerConfig, HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { relationship } from '../../ha/support/relationship.ts';
import { peerAt } from './peers.ts';

/** @param own of the entry of server1 itself */
export function relationshipOf(
  own: Partial<HaPeerConfig>,
  changes: Partial<HaRelationshipConfig> = {},
): HaRelationshipConfig {
  const peers = [peerAt(0, { name: 'server2' }), peerAt(0, { name: 'server1', role: 'primary', ...own })];
  return relationship('load-balancing', 'server1', { peers, ...changes });
}
