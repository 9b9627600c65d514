/**
 * Leases that the partner cannot hold: an identifier that is too long for it, a field that its version does not know.
 * Each costs its client the answer and nothing else. Only when the partner takes nothing any more, whoever the client is,
 * is it of no use, and that is a failure.
 */
import type { Log } from '../log/logger.ts';
import type { UpdateListener, UpdateNews } from './model.ts';

/** So many clients refused in a row, and none accepted in between: the partner takes nothing. */
const CLIENTS_IN_A_ROW_MAX = 10;
/** Between two lines of the log; a client asks again every few seconds, and so may a thousand. */
const QUIET_MS = 60_000;

export class Refusals {
  readonly #listener: Pick<UpdateListener, 'refused'>;
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #inARow = new Set<string>();
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #suppressed = 0;

  constructor(listener: Pick<UpdateListener, 'refused'>, log: Log, nowMs: () => number) {
    this.#listener = listener;
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** Takes note of what the partner said. @returns why it is of no use any more, or null */
  note({ hasAccepted, refusals, refusalReason }: UpdateNews): string | null {
    if (hasAccepted) this.#inARow.clear();
    if (refusals.length === 0) return null;
    this.#listener.refused(refusals.length, refusalReason);
    for (const { hwAddress, clientId } of refusals) this.#inARow.add(`${hwAddress} ${clientId}`);
    this.#write(refusals[0]!, refusals.length, refusalReason);
    if (this.#inARow.size < CLIENTS_IN_A_ROW_MAX) return null;
    const { size } = this.#inARow;
    this.#inARow.clear();
    return `it refused the leases of ${size} clients in a row, the last because: ${refusalReason}`;
  }

  #write(
    client: { readonly hwAddress: string; readonly clientId: string },
    leases: number,
    reason: string,
  ): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#quietUntilMs) {
      this.#suppressed += leases;
      return;
    }
    this.#quietUntilMs = nowMs + QUIET_MS;
    this.#log('TDM_PEER_LEASE_REFUSED', { ...client, reason, suppressed: this.#suppressed });
    this.#suppressed = 0;
  }
}
