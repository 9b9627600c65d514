/**
 * What a message says of one lease: the identity association that has it, with no other address or prefix inside. A message
 * may be about several leases, and what is told of each is made of its own part. [Kea] The times T1 and T2 are left out.
 *
 *     IAID[4] | T1[4] = 0 | T2[4] = 0 | options below its code | IAADDR or IAPREFIX of the lease | options above
 */
import { writeNetworkHalf, writeNetworkWord } from '../base/big-endian.ts';
import { type ByteRange, clearRange, equalBytes, setRange } from '../base/byte-range.ts';
import { IPV6_BYTES } from '../base/ipv6.ts';
import { writeOctets } from '../base/little-endian.ts';
import { IA_HEADER_BYTES, OptionCode } from './codes.ts';
import type { IaReader } from './ia-reader.ts';
import { descend, OptionReader } from './option-reader.ts';

/** Of an option: what is made of an identity association is no longer than that. */
const IA_BYTES_MAX = 0xffff;
const CODE_MAX = 0xffff;

/** A lease as messages name it. */
export interface NamedLease {
  /** OptionCode.iaNa or OptionCode.iaPd. */
  code: number;
  /** `IaReader.leaseIaid` of the identity association that it is of. */
  iaid: number;
  /** 16 octets. */
  readonly address: ByteRange;
  /** 128 of an address. */
  prefixLength: number;
}

/** The code of the option in which an identity association has a lease. @param iaCode of either kind */
export function leaseCodeIn(iaCode: number): number {
  return iaCode === OptionCode.iaPd ? OptionCode.iaPrefix : OptionCode.iaAddress;
}

export class LeaseIa {
  readonly #made = new Uint8Array(IA_BYTES_MAX);
  readonly #inner = new OptionReader(this.#made);
  #code = 0;
  /** Octets of what was made; 0 = the message says nothing of the lease. */
  #length = 0;

  /**
   * Cuts the part of a lease out of a message.
   * @param ias before the first identity association of the message
   */
  cut(ias: IaReader, { address, code, iaid, prefixLength }: NamedLease): void {
    this.#code = code;
    this.#length = 0;
    while (ias.next()) {
      if (ias.code !== code || ias.leaseIaid !== iaid) continue;
      while (ias.nextBinding()) {
        if (ias.prefixLength !== prefixLength) continue;
        if (!equalBytes(ias.bytes, ias.addressOffset, address.bytes, address.offset, IPV6_BYTES)) continue;
        return this.#make(ias);
      }
    }
  }

  /**
   * Finds the identity association.
   * @param code of either kind
   * @param out its payload, valid until the next lease is cut out; empty when there is none of that kind
   */
  find(code: number, out: ByteRange): boolean {
    if (code !== this.#code || this.#length === 0) {
      clearRange(out);
      return false;
    }
    setRange(out, this.#made, 0, this.#length);
    return true;
  }

  /** Goes on to what an option has inside, see `descend` of option-reader.ts. */
  descend(range: ByteRange, fieldBytes: number, code: number): boolean {
    return descend(this.#inner, range, fieldBytes, code);
  }

  /** @param ias at the lease */
  #make(ias: IaReader): void {
    const { bytes, iaid, options } = ias;
    const { code, length, offset } = options;
    this.#made.fill(0, 0, IA_HEADER_BYTES);
    writeNetworkWord(this.#made, 0, iaid);
    this.#length = IA_HEADER_BYTES;
    this.#takeOthers(ias, 0, code - 1);
    this.#take(bytes, code, offset, length);
    this.#takeOthers(ias, code + 1, CODE_MAX);
  }

  /** Takes over what stands beside the lease and is no lease itself, of a range of codes. */
  #takeOthers(ias: IaReader, least: number, most: number): void {
    const { bytes, options } = ias;
    ias.rewind();
    while (options.next()) {
      const { code, length, offset } = options;
      const isLease = code === OptionCode.iaAddress || code === OptionCode.iaPrefix;
      if (!isLease && code >= least && code <= most) this.#take(bytes, code, offset, length);
    }
  }

  #take(bytes: Uint8Array, code: number, offset: number, length: number): void {
    const made = this.#made;
    let at = writeNetworkHalf(made, this.#length, code);
    at = writeNetworkHalf(made, at, length);
    this.#length = writeOctets(made, at, bytes, offset, length);
  }
}
