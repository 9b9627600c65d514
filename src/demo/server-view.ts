/** What the demonstration shows of one server, read from its control API. */
import type { CommandClient } from './command-client.ts';

export interface ServerView {
  /** State of the HA state machine; `down` when the server does not answer. */
  readonly state: string;
  /** Assigned addresses and prefixes. */
  readonly leases: number;
  /** Packets without an answer, by reason, without the two reasons that are a pair's daily business. */
  readonly drops: ReadonlyMap<string, number>;
}

export const DOWN: ServerView = { state: 'down', leases: 0, drops: new Map() };

/** Statistics that say how many leases there are, of either family. */
const ASSIGNED = ['tandem-assigned-addresses', 'tandem-assigned-nas', 'tandem-assigned-pds'];
const DROP_PREFIX = 'tandem-drop-';
/** The partner's clients, and clients that chose the partner's offer. */
const EXPECTED_DROPS = new Set(['out-of-scope', 'other-server']);

/** The state of this server's own state machine, from an answer to status-get; null when it is not in there. */
export function localHaState(status: unknown): string | null {
  const relationships = member(status, 'high-availability');
  const first: unknown = Array.isArray(relationships) ? relationships[0] : undefined;
  const state = member(member(member(first, 'ha-servers'), 'local'), 'state');
  return typeof state === 'string' ? state : null;
}

/** Reads the newest value of each statistic from an answer to statistic-get-all. */
export function statisticsOf(answer: Readonly<Record<string, unknown>>): Map<string, number> {
  const values = new Map<string, number>();
  for (const [name, samples] of Object.entries(answer)) {
    const newest: unknown = Array.isArray(samples) && Array.isArray(samples[0]) ? samples[0][0] : undefined;
    if (typeof newest === 'number') values.set(name, newest);
  }
  return values;
}

/** Asks a server how it is; never throws. */
export async function viewServer(client: CommandClient): Promise<ServerView> {
  try {
    const state = localHaState(await client.run('status-get')) ?? 'no partner';
    const statistics = statisticsOf(await client.run('statistic-get-all'));
    const drops = [...statistics]
      .filter(([name, value]) => name.startsWith(DROP_PREFIX) && value > 0)
      .map(([name, value]) => [name.slice(DROP_PREFIX.length), value] as const)
      .filter(([reason]) => !EXPECTED_DROPS.has(reason));
    const leases = ASSIGNED.reduce((sum, name) => sum + (statistics.get(name) ?? 0), 0);
    return { state, leases, drops: new Map(drops) };
  } catch {
    return DOWN;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
