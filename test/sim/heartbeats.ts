/** What servers tell each other of their program in heartbeats, and what a story makes of it on the way. */

/**
 * - `tandem`: each sees that the other is a Tandem, and they open lease streams;
 * - `requests`: each sees that, but takes no lease stream of any version that the other speaks;
 * - `strangers`: each takes the other for a Kea.
 */
export type Acquaintance = 'tandem' | 'requests' | 'strangers';

interface Heartbeat {
  readonly arguments?: { tandem?: { stream: readonly number[] } };
}

/** @param text a request between the servers, or an answer: only those of heartbeats name the program */
export function asHeard(acquaintance: Acquaintance, text: string): string {
  if (acquaintance === 'tandem' || !text.includes('"tandem"')) return text;
  const message = JSON.parse(text) as Heartbeat | readonly Heartbeat[];
  for (const { arguments: args } of [message].flat() as readonly Heartbeat[]) {
    if (args?.tandem === undefined) continue;
    if (acquaintance === 'requests') args.tandem.stream = [];
    else delete args.tandem;
  }
  return JSON.stringify(message);
}
