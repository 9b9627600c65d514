/** What of a relationship can change while its state machine goes on, and what makes it start anew. */
import type { HaPeerConfig, HaRelationshipConfig } from '../../config/ha-model.ts';

/**
 * Whether the relationship goes on: the same servers in the same roles, in the same mode, and updates are sent as before.
 * After any other change the partner and this server may know different leases, so that both have to begin at waiting.
 */
export function isContinued(before: HaRelationshipConfig, after: HaRelationshipConfig): boolean {
  return identity(before) === identity(after);
}

function identity({ thisServerName, mode, sendLeaseUpdates, peers }: HaRelationshipConfig): string {
  const servers = peers.map(({ name, role }) => `${name} ${role}`).sort();
  return JSON.stringify([thisServerName, mode, sendLeaseUpdates, servers]);
}

/** Whether a peer is reached in the same way. */
export function isSameEntry(a: HaPeerConfig, b: HaPeerConfig): boolean {
  const way = ({ url, tls, basicAuth }: HaPeerConfig) => JSON.stringify([url, tls, basicAuth]);
  return way(a) === way(b);
}

/** Names of the settings that differ, for the log; a peer's by its name. No values: there are passwords among them. */
export function changedSettings(before: HaRelationshipConfig, after: HaRelationshipConfig): string[] {
  const keys = Object.keys(after) as (keyof HaRelationshipConfig)[];
  const settings = keys.filter((key) => key !== 'peers' && differ(before[key], after[key]));
  const peers = after.peers.filter((peer) =>
    differ(
      before.peers.find(({ name }) => name === peer.name),
      peer,
    ),
  );
  return [...settings, ...peers.map(({ name }) => `peer ${name}`)];
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}
