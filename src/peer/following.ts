/**
 * The update log while the partner synchronizes by the stream. From the moment at which it asks, it gets by the stream
 * whatever changes, also in a state in which updates are withheld: then nobody's answer waits for it. That goes on until
 * they are withheld in another state, or the stream ends; what is withheld from then on counts as unsent, as ever.
 */
import type { PartnerStream, PartnerUpdates } from './model.ts';

/** @param refused why the partner may not synchronize by the stream, or null when it may */
export type Answer = (refused: string | null) => void;

export class Following {
  readonly #stream: PartnerStream | null;
  #answer: Answer | null = null;
  #isOn = false;

  /** send-lease-updates: whether the shards write updates at all. */
  sendsUpdates: boolean;

  constructor(stream: PartnerStream | null, sendsUpdates: boolean) {
    this.#stream = stream;
    this.sendsUpdates = sendsUpdates;
  }

  /** Whether the partner has got, or will get, by the stream whatever has changed since it asked. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether the partner waits for the log to be lent. */
  get isAsked(): boolean {
    return this.#answer !== null;
  }

  /** The partner asks. @param answer is called once, or never when the stream ends before */
  asked(mode: PartnerUpdates, answer: Answer): void {
    if (!this.sendsUpdates) return answer('lease updates are switched off (send-lease-updates false)');
    if (mode === 'queue') return answer('lease updates are being kept until the partner can be reached');
    const stream = this.#stream!;
    // A log that was called back is drained before it is lent again, where updates are withheld.
    const isLent = stream.hasLog && (this.#isOn || mode === 'send');
    this.#isOn = true;
    this.#answer = answer;
    if (isLent) this.lent();
  }

  /** The log was lent. */
  lent(): void {
    this.#answer?.(null);
    this.#answer = null;
  }

  /** Who waits for the log asks anew. */
  modeChanged(mode: PartnerUpdates): void {
    if (mode === 'send') return;
    const answer = this.#answer;
    this.#isOn = false;
    this.#answer = null;
    if (answer !== null) this.asked(mode, answer);
  }

  /** @param reason for a partner that waits for the log */
  end(reason: string): void {
    this.#isOn = false;
    this.#answer?.(reason);
    this.#answer = null;
  }

  /** To be called when the stream has changed. @returns whether it was on, and is not any more */
  streamChanged(): boolean {
    if (this.#stream?.isUp === true) return false;
    const wasOn = this.#isOn;
    this.#isOn = false;
    this.#answer = null;
    return wasOn;
  }
}
