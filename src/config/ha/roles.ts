/** Which roles a relationship of each mode has. */
import type { HaMode, HaPeerConfig, HaRole } from '../ha-model.ts';
import type { Path } from '../problem.ts';
import type { Report } from '../report.ts';

interface RoleRule {
  readonly role: HaRole;
  readonly count: 0 | 1;
}

const RULES: Readonly<Record<HaMode, readonly RoleRule[]>> = {
  'load-balancing': [
    { role: 'primary', count: 1 },
    { role: 'secondary', count: 1 },
    { role: 'standby', count: 0 },
  ],
  'hot-standby': [
    { role: 'primary', count: 1 },
    { role: 'secondary', count: 0 },
    { role: 'standby', count: 1 },
  ],
  'passive-backup': [
    { role: 'primary', count: 1 },
    { role: 'secondary', count: 0 },
    { role: 'standby', count: 0 },
  ],
};

/** Checks how many peers have each role; backups may be any number in every mode. */
export function checkRoles(
  mode: HaMode,
  peers: readonly Pick<HaPeerConfig, 'role'>[],
  at: Path,
  report: Report,
): void {
  for (const { role, count } of RULES[mode]) {
    const found = peers.filter((peer) => peer.role === role).length;
    if (found === count) continue;
    const expected = count === 1 ? `exactly one peer with role "${role}"` : `no peer with role "${role}"`;
    report.error(
      at,
      `${found === 0 ? 'no' : found} ${found < 2 ? 'peer' : 'peers'} with role "${role}"`,
      `${expected} in mode "${mode}"`,
    );
  }
}
