/** The DUIDs of servers by small numbers, so that what a client holds names its server in an octet. */
import { DUID_BYTES_MAX } from '../../dhcp6/duid.ts';

/** Far more than answer one load; whoever makes up more is not believed. */
const SERVERS_MAX = 64;

export class ServerIds {
  readonly #bytes = new Uint8Array(SERVERS_MAX * DUID_BYTES_MAX);
  readonly #lengths = new Uint8Array(SERVERS_MAX);
  /** Number 0 is nobody. */
  #count = 1;

  /** The number of a DUID of 1 to 130 octets, 1..63; -1 = there are too many already. */
  numberOf(bytes: Uint8Array, at: number, length: number): number {
    for (let number = 1; number < this.#count; number++)
      if (this.#is(number, bytes, at, length)) return number;
    if (this.#count === SERVERS_MAX) return -1;
    const number = this.#count++;
    this.#lengths[number] = length;
    for (let i = 0; i < length; i++) this.#bytes[number * DUID_BYTES_MAX + i] = bytes[at + i]!;
    return number;
  }

  /** Octets of a server's DUID. */
  lengthOf(number: number): number {
    return this.#lengths[number]!;
  }

  /** Writes a server's DUID. @returns the offset behind it */
  write(number: number, bytes: Uint8Array, at: number): number {
    const length = this.#lengths[number]!;
    for (let i = 0; i < length; i++) bytes[at + i] = this.#bytes[number * DUID_BYTES_MAX + i]!;
    return at + length;
  }

  #is(number: number, bytes: Uint8Array, at: number, length: number): boolean {
    if (this.#lengths[number] !== length) return false;
    for (let i = 0; i < length; i++)
      if (this.#bytes[number * DUID_BYTES_MAX + i] !== bytes[at + i]) return false;
    return true;
  }
}
