/** Telling good answers of peers from bad ones. */

import type { PeerAnswer } from '../../peer/model.ts';
import { clip, isMap, member } from '../commands/arguments.ts';
import type { HaLeases } from '../sync/leases.ts';

/** How long a peer may take for any command but a page of leases. */
export const COMMAND_TIMEOUT_MS = 10_000;

/** Done, or nothing was there to do. */
export function isSuccess(answer: PeerAnswer): boolean {
  return answer.kind === 'answer' && (answer.result === 0 || answer.result === 3);
}

/** What is wrong with an answer, for the log and for an administrator. */
export function problemOf(answer: PeerAnswer): string {
  return answer.kind === 'failed'
    ? clip(answer.reason)
    : `the peer answered result ${answer.result}: ${clip(answer.text)}`;
}

/** Arguments of an answer by which a server says that nothing it has taken before is under way any more. */
export const SILENT = { silent: true } as const;

/**
 * A Kea answers dhcp-disable at once and still works off the queries that it has taken: 256 of them (parked-packet-limit)
 * take it 100 ms. On a busy machine its lease updates come later, but they do come one after the other.
 */
const KEA_UNDER_WAY_MS = 200;
/** A server that still sends lease updates after so many waits, 2 s, is not waited for any longer. */
const WAITS_MAX = 10;
/** So long a hold on the service must last to outlive the waits. */
export const HOLD_MIN_SEC = 5;

/** Resolves when the server that gave this answer gives no more leases, if it was told to be silent and agreed. */
export async function untilSilent(
  answer: PeerAnswer,
  { passTime, leases }: { readonly passTime: (delayMs: number) => Promise<void>; readonly leases: HaLeases },
): Promise<void> {
  if (answer.kind === 'failed' || !isSuccess(answer)) return;
  const { arguments: args } = answer;
  if (isMap(args) && member(args, 'silent') === true) return;
  for (let waits = 0; waits < WAITS_MAX; waits++) {
    const before = leases.changes();
    // An update is answered when it is durable, and only then does the server send the next one.
    if (!(await isDurable(leases))) return;
    await passTime(KEA_UNDER_WAY_MS);
    if (leases.changes() === before) return;
  }
}

function isDurable(leases: HaLeases): Promise<boolean> {
  return leases.durable(COMMAND_TIMEOUT_MS).then(
    () => true,
    () => false,
  );
}
