/** Telling good answers of peers from bad ones. */
import type { PeerAnswer } from '../peer/model.ts';
import { clip } from './arguments.ts';

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
