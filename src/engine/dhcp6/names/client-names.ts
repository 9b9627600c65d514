/**
 * The name of the client in work: what its option 39 says, what the server makes of it by the settings of the lease, and
 * what goes into the leases and back to the client. [RFC4704]
 *
 *     begin    once a query: reads option 39, which makes a query malformed when it is
 *     settle   once the leases are planned, for a generated name is made of the first address
 */
import { type ByteRange, emptyRange } from '../../../base/byte-range.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import { ADDRESS_TEXT_BYTES, writeAddress } from '../../../lease/dhcp6/csv-address.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { HOSTNAME_BYTES_MAX } from '../../../lease/limits.ts';
import { RowFlag } from '../../../lease/row-flag.ts';
import { DOMAIN_BYTES_MAX, lowerDomain, readDomainWire } from '../../../options/domain-name.ts';
import { directionsOf, FqdnMaker } from '../../names/fqdn-maker.ts';
import type { CompiledNames } from '../../names/names-settings.ts';
import { copyText, lowerText, setText } from '../../names/names-text.ts';
import type { Query6 } from '../query.ts';

/** Flags of option 39. [RFC4704 4.1] */
const FLAG_S = 1;
const FLAG_O = 2;
const FLAG_N = 4;
const FQDN_HEADER_BYTES = 1;
/** Of the domain name without labels. */
const ROOT_BYTES = 1;
const COLON = 0x3a;
const DASH = 0x2d;

const NOTHING = emptyRange();

export class ClientNames6 extends FqdnMaker {
  readonly #query: Query6;
  readonly #isLenient: boolean;
  /** The client has sent an option 39 that counts. */
  #isSent = false;
  /** As the leases keep it, in small letters; empty = the client has no name. */
  readonly lease = { bytes: new Uint8Array(HOSTNAME_BYTES_MAX), offset: 0, length: 0 };
  /** Payload of option 39 of the reply; empty = it has none. */
  readonly fqdn = { bytes: new Uint8Array(FQDN_HEADER_BYTES + DOMAIN_BYTES_MAX), offset: 0, length: 0 };
  /** RowFlag.fqdnFwd and fqdnRev, as far as the server is to tell DNS. */
  flags = 0;
  /** A row of this message has a name that DNS is going to be told; it is told one a message. [Kea] */
  isTold = false;
  readonly #address: ByteRange = emptyRange();
  /** The row of the lease whose address a generated name is made of; NO_SLOT = the name is everybody's. */
  #only = NO_SLOT;
  readonly #addressText = new Uint8Array(ADDRESS_TEXT_BYTES);

  /** @param isLenient a domain name in option 39 that is none is passed over with the option */
  constructor(query: Query6, isLenient = false) {
    super();
    this.#query = query;
    this.#isLenient = isLenient;
  }

  /** Starts with the query. @returns false when its option 39 is malformed: Kea drops such a query, whatever it is */
  begin(): boolean {
    this.lease.length = 0;
    this.fqdn.length = 0;
    this.flags = 0;
    this.isTold = false;
    this.#only = NO_SLOT;
    this.#isSent = this.#query.field(Field.fqdnLength) > 0;
    return !this.#isSent || this.#readFqdn();
  }

  #readFqdn(): boolean {
    const { bytes } = this.#query;
    const offset = this.#query.field(Field.fqdnOffset);
    const length = this.#query.field(Field.fqdnLength) - FQDN_HEADER_BYTES;
    const flags = bytes[offset]!;
    this.sent.length = 0;
    // [RFC4704 4.1] It cannot both want the server to do the update and not want it done.
    if ((flags & FLAG_S) !== 0 && (flags & FLAG_N) !== 0) return false;
    this.isPartial = true;
    if (length === 0) return true;
    const from = offset + FQDN_HEADER_BYTES;
    this.isPartial = bytes[from + length - 1] !== 0;
    if (!readDomainWire(bytes, from, length, this.sent)) {
      this.#isSent = false;
      return this.#isLenient;
    }
    lowerDomain(this.sent);
    return true;
  }

  /**
   * Makes the name. [RFC4704 6] The client hears what became of its own; and of one that it has not asked for, where the
   * server is to give every client one.
   * @param reserved the name that is reserved for the client; empty = none
   * @param address the first that the client gets; empty = it gets none, and then no name is made up
   * @param slot the row of its lease
   */
  settle(settings: CompiledNames, reserved: Uint8Array, address: ByteRange, slot: number): void {
    const isSent = this.#isSent;
    if (!isSent) {
      if (!settings.updates || !settings.replacesAbsent) return this.#takeReserved(reserved);
      this.sent.length = 0;
      this.isPartial = true;
    }
    const flags = isSent ? this.#query.bytes[this.#query.field(Field.fqdnOffset)]! : FLAG_S;
    const wantsServer = (flags & FLAG_S) !== 0;
    this.flags = directionsOf(settings, wantsServer, (flags & FLAG_N) !== 0);
    if (this.isMadeUp(settings, reserved)) {
      if (address.length === 0) return this.#putFqdn(wantsServer, 0);
      this.#only = slot;
    }
    this.#address.bytes = address.bytes;
    this.#address.offset = address.offset;
    // [Kea 3.0] Where the only label is cleaned to nothing, what is left is no name, not even the root.
    if (!this.makeFqdn(settings, reserved) || this.wire.length === ROOT_BYTES) return;
    copyText(this.lease, this.text);
    this.#putFqdn(wantsServer, this.wire.length);
  }

  /** The name of the lease of a row. */
  nameOf(slot: number): ByteRange {
    return this.#only === NO_SLOT || this.#only === slot ? this.lease : NOTHING;
  }

  /** A reserved name alone goes into the lease, and nobody is told. */
  #takeReserved(reserved: Uint8Array): void {
    if (reserved.length === 0) return;
    setText(this.lease, reserved, 0, reserved.length);
    lowerText(this.lease);
  }

  /** "myhost-2001-db8--1". */
  protected override generate({ prefix }: CompiledNames): void {
    const { bytes, offset } = this.#address;
    const end = writeAddress(this.#addressText, 0, bytes, offset);
    setText(this.text, prefix, 0, prefix.length);
    for (let i = 0; i < end; i++) {
      const octet = this.#addressText[i]!;
      this.text.bytes[this.text.length++] = octet === COLON ? DASH : octet;
    }
  }

  #putFqdn(wantsServer: boolean, length: number): void {
    const { fqdn, wire } = this;
    const isServers = (this.flags & RowFlag.fqdnFwd) !== 0;
    fqdn.bytes[0] =
      (isServers ? FLAG_S : 0) | (this.flags === 0 ? FLAG_N : 0) | (isServers !== wantsServer ? FLAG_O : 0);
    for (let i = 0; i < length; i++) fqdn.bytes[FQDN_HEADER_BYTES + i] = wire.bytes[i]!;
    fqdn.length = FQDN_HEADER_BYTES + length;
  }
}
