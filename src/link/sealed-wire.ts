/**
 * Carries octets in envelopes that nobody on the way can read, change, leave out, repeat or put in another order.
 *
 *     ENVELOPE   u16 length, 1 to ENVELOPE_BYTES_MAX | so many octets, encrypted | 16 octets of tag
 *
 * The length is in plain and under the tag as well. What is put here between two flushes goes in as few envelopes as hold it,
 * whatever frames it is: one, as a rule.
 */
import { assert } from '../base/assert.ts';
import { allocatePinned, type Pinned } from '../io/pinned.ts';
import type { SessionSecrets } from '../io/session-secrets.ts';
import { readStream, StreamEnd, writeStream } from '../io/stream-fd.ts';
import { readU16 } from './frame.ts';
import { ENVELOPE_BYTES_MAX } from './limits.ts';
import { SEAL_LIMITS, Seal, type SealLimits, TAG_BYTES } from './seal.ts';
import { BROKEN, PlainWire, type Wire, WireEnd } from './wire.ts';

const HEADER_BYTES = 2;
const SEALED_BYTES_MAX = HEADER_BYTES + ENVELOPE_BYTES_MAX + TAG_BYTES;
/** What is read at once, and a part of an envelope from before. */
const INPUT_BYTES = 65_536 + SEALED_BYTES_MAX;

/** @param secrets null = in plain */
export function wireOf(fd: number, secrets: SessionSecrets | null): Wire {
  return secrets === null ? new PlainWire(fd) : new SealedWire(fd, secrets);
}

export class SealedWire implements Wire {
  readonly fd: number;
  fault = BROKEN;
  readonly #theirs: Seal;
  readonly #ours: Seal;
  readonly #input = allocatePinned(INPUT_BYTES);
  #start = 0;
  #end = 0;
  #hasEmptied = false;
  /** Octets that the next envelope will hold. */
  readonly #next = new Uint8Array(ENVELOPE_BYTES_MAX);
  #nextBytes = 0;
  /** The last envelope, of which the kernel has `#written` octets. */
  readonly #sealed = allocatePinned(SEALED_BYTES_MAX);
  #sealedBytes = 0;
  #written = 0;
  /** The other side has left TLS. */
  #maySpeak: boolean;

  /** @param secrets both sides have the same, the other way round */
  constructor(fd: number, { ours, theirs, side }: SessionSecrets, limits: SealLimits = SEAL_LIMITS) {
    this.fd = fd;
    this.#ours = new Seal(ours, limits);
    this.#theirs = new Seal(theirs, limits);
    this.#maySpeak = side === 'client';
  }

  get holdsMore(): boolean {
    return this.#wholeBytes() !== 0;
  }

  get mayHaveMore(): boolean {
    return !this.#hasEmptied || this.holdsMore;
  }

  get wantsRoom(): boolean {
    return this.#maySpeak && (this.#nextBytes > 0 || this.#written < this.#sealedBytes);
  }

  read(into: Pinned, at: number, room: number): number {
    assert(room >= ENVELOPE_BYTES_MAX, 'an envelope is opened as a whole');
    for (;;) {
      const whole = this.#wholeBytes();
      if (whole < 0) return WireEnd.fault;
      if (whole > 0) return this.#open(whole, into.bytes, at);
      const count = this.#fill();
      if (count <= 0) return count;
    }
  }

  /** @returns octets that the envelope at the start holds, 0 = it is not whole, -1 = there is none such */
  #wholeBytes(): number {
    const available = this.#end - this.#start;
    if (available < HEADER_BYTES) return 0;
    const length = readU16(this.#input.bytes, this.#start);
    if (length === 0 || length > ENVELOPE_BYTES_MAX) {
      this.fault = `an envelope says that it holds ${length} octets`;
      return -1;
    }
    return available < HEADER_BYTES + length + TAG_BYTES ? 0 : length;
  }

  #fill(): number {
    const { bytes, address } = this.#input;
    bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const room = INPUT_BYTES - this.#end;
    const count = readStream(this.fd, address + this.#end, room);
    this.#hasEmptied = count < room;
    if (count > 0) this.#end += count;
    return count;
  }

  #open(length: number, into: Uint8Array, at: number): number {
    if (this.#theirs.isSpent) return this.#fail('the partner has sealed more than its keys are good for');
    const { bytes } = this.#input;
    const sealedAt = this.#start + HEADER_BYTES;
    const header = bytes.subarray(this.#start, sealedAt);
    this.#start = sealedAt + length + TAG_BYTES;
    const octets = this.#theirs.open(header, bytes.subarray(sealedAt, this.#start));
    if (octets === null) return this.#fail('an envelope is not what the partner has sealed');
    into.set(octets, at);
    this.#maySpeak = true;
    return length;
  }

  #fail(fault: string): number {
    this.fault = fault;
    return WireEnd.fault;
  }

  write(from: Pinned, at: number, count: number): number {
    if (this.#nextBytes === ENVELOPE_BYTES_MAX) {
      if (!this.flush()) return WireEnd.broken;
      if (this.#nextBytes > 0) return WireEnd.wouldBlock;
    }
    const taken = Math.min(count, ENVELOPE_BYTES_MAX - this.#nextBytes);
    this.#next.set(from.bytes.subarray(at, at + taken), this.#nextBytes);
    this.#nextBytes += taken;
    return taken;
  }

  flush(): boolean {
    if (!this.#maySpeak) return true;
    for (;;) {
      while (this.#written < this.#sealedBytes) {
        const left = this.#sealedBytes - this.#written;
        const count = writeStream(this.fd, this.#sealed.address + this.#written, left);
        if (count === StreamEnd.wouldBlock) return true;
        if (count < 0) return false;
        this.#written += count;
      }
      if (this.#nextBytes === 0) return true;
      if (this.#ours.isSpent) {
        this.fault = 'this server has sealed as much as its keys are good for';
        return false;
      }
      this.#sealNext();
    }
  }

  #sealNext(): void {
    const { bytes } = this.#sealed;
    const length = this.#nextBytes;
    bytes[0] = length;
    bytes[1] = length >>> 8;
    this.#sealedBytes = HEADER_BYTES + length + TAG_BYTES;
    this.#ours.seal(
      bytes.subarray(0, HEADER_BYTES),
      this.#next.subarray(0, length),
      bytes.subarray(HEADER_BYTES, this.#sealedBytes),
    );
    this.#written = 0;
    this.#nextBytes = 0;
  }
}
