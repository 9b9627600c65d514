/**
 * Reads the IA_NA and IA_PD of a message in their order, and the addresses or prefixes that each of them holds, without an
 * allocation. IA_TA is passed over, as in Kea, and so is a prefix in an IA_NA or an address in an IA_PD.
 *
 *     IA_NA, IA_PD   IAID[4] | T1[4] | T2[4] | options                                RFC 8415 sections 21.4 and 21.21
 *     IAADDR         address[16] | preferred[4] | valid[4] | options                  section 21.6
 *     IAPREFIX       preferred[4] | valid[4] | prefix-length | prefix[16] | options   section 21.22
 *
 *     ias.point(messageOffset + OPTIONS_OFFSET, messageOffset + messageLength);
 *     while (ias.next()) while (ias.nextBinding()) ...
 */
import { readNetworkWord } from '../base/big-endian.ts';
import { IA_ADDRESS_BYTES, IA_HEADER_BYTES, IA_PREFIX_BYTES, OptionCode } from './codes.ts';
import { OptionReader } from './option-reader.ts';

/** An address is a prefix of all its bits. */
const ADDRESS_BITS = 128;

export class IaReader {
  /** The memory that holds the messages. */
  readonly bytes: Uint8Array;
  readonly #ias: OptionReader;
  /** Reads the options of the IA that was read last; at the address or prefix that was read last. */
  readonly options: OptionReader;
  readonly #ignoresIaids: boolean;
  /** Where IAIDs may be ignored: how many there are of each. */
  #naCount = 0;
  #pdCount = 0;
  /** OptionCode.iaNa or OptionCode.iaPd. */
  code = 0;
  /** 0..2^32-1. */
  iaid = 0;
  /** That of its leases: 0 where it is ignored. */
  leaseIaid = 0;
  /** Seconds, 0..2^32-1. */
  t1Sec = 0;
  t2Sec = 0;
  /** Where the 16 octets of the address or prefix are; bits behind the prefix are as the client sent them. */
  addressOffset = 0;
  /** 0..255, of which above 128 there is no prefix; 128 of an address. */
  prefixLength = 0;
  /** Seconds, 0..2^32-1. */
  preferredLifetimeSec = 0;
  validLifetimeSec = 0;

  /**
   * @param bytes the memory that holds the datagrams
   * @param ignoresIaids the only IA_NA of a message, and its only IA_PD, is the client's, whatever number it has
   */
  constructor(bytes: Uint8Array, ignoresIaids = false) {
    this.bytes = bytes;
    this.#ignoresIaids = ignoresIaids;
    this.#ias = new OptionReader(bytes);
    this.options = new OptionReader(bytes);
  }

  /** Goes over to the options of a message, in [from, end) of the memory. */
  point(from: number, end: number): void {
    this.#ias.point(from, end);
    this.options.point(from, from);
    if (this.#ignoresIaids) this.#countIas(from, end);
  }

  #countIas(from: number, end: number): void {
    this.#naCount = 0;
    this.#pdCount = 0;
    while (this.next())
      if (this.code === OptionCode.iaNa) this.#naCount++;
      else this.#pdCount++;
    this.#ias.point(from, end);
  }

  /** Reads the next IA; one that is too short, which no message has that was classified, is passed over. */
  next(): boolean {
    const ias = this.#ias;
    while (ias.next()) {
      if (ias.code !== OptionCode.iaNa && ias.code !== OptionCode.iaPd) continue;
      if (ias.length < IA_HEADER_BYTES) continue;
      this.code = ias.code;
      this.iaid = readNetworkWord(this.bytes, ias.offset);
      const count = ias.code === OptionCode.iaNa ? this.#naCount : this.#pdCount;
      this.leaseIaid = count === 1 ? 0 : this.iaid;
      this.t1Sec = readNetworkWord(this.bytes, ias.offset + 4);
      this.t2Sec = readNetworkWord(this.bytes, ias.offset + 8);
      this.rewind();
      return true;
    }
    return false;
  }

  /** Goes back to before the first address or prefix of the IA that was read last. */
  rewind(): void {
    const { offset, length } = this.#ias;
    this.options.point(offset + IA_HEADER_BYTES, offset + length);
  }

  /** Reads the next address of an IA_NA, or prefix of an IA_PD. @returns whether there is one */
  nextBinding(): boolean {
    return this.code === OptionCode.iaNa ? this.#nextAddress() : this.#nextPrefix();
  }

  #nextAddress(): boolean {
    const { options } = this;
    while (options.find(OptionCode.iaAddress)) {
      if (options.length < IA_ADDRESS_BYTES) continue;
      this.addressOffset = options.offset;
      this.prefixLength = ADDRESS_BITS;
      this.preferredLifetimeSec = readNetworkWord(this.bytes, options.offset + 16);
      this.validLifetimeSec = readNetworkWord(this.bytes, options.offset + 20);
      return true;
    }
    return false;
  }

  #nextPrefix(): boolean {
    const { options } = this;
    while (options.find(OptionCode.iaPrefix)) {
      if (options.length < IA_PREFIX_BYTES) continue;
      this.addressOffset = options.offset + 9;
      this.prefixLength = this.bytes[options.offset + 8]!;
      this.preferredLifetimeSec = readNetworkWord(this.bytes, options.offset);
      this.validLifetimeSec = readNetworkWord(this.bytes, options.offset + 4);
      return true;
    }
    return false;
  }
}
