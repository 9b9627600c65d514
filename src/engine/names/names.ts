/**
 * The name of the client in work: what its options 12 and 81 say, what the server makes of it by the settings of the
 * subnet, and what goes into the lease and back to the client. [RFC2132 3.14] [RFC4702]
 *
 *     begin    once a query: reads option 81, which makes a query malformed when it is
 *     settle   once the subnet is known and, for a generated name, the address
 *
 * It is made as Kea makes it, step by step, because the name is what DNS and the lease file of a Kea know the client by.
 */
import { appendSanitised } from '../../classes/character-set.ts';
import { Field, Present } from '../../dhcp4/descriptor.ts';
import { HOSTNAME_BYTES_MAX } from '../../lease/limits.ts';
import { RowFlag } from '../../lease/row-flag.ts';
import {
  DOMAIN_BYTES_MAX,
  DOMAIN_TEXT_BYTES_MAX,
  lowerDomain,
  type Octets,
  readDomainText,
  readDomainWire,
} from '../../options/domain-name.ts';
import type { Query } from '../query.ts';
import { directionsOf, FqdnMaker } from './fqdn-maker.ts';
import type { CompiledNames } from './names-settings.ts';
import { appendDecimal, copyText, lowerText, qualify, setText, trimText } from './names-text.ts';

/** Flags of option 81. [RFC4702 2.1] */
const FLAG_S = 1;
const FLAG_O = 2;
const FLAG_E = 4;
const FLAG_N = 8;
/** Flags and two octets of response codes, which come back as they were. */
const FQDN_HEADER_BYTES = 3;
const DOT = 0x2e;
const DASH = 0x2d;
/** No address of a lease. */
const NO_ADDRESS = -1;

export class ClientNames extends FqdnMaker {
  readonly #query: Query;
  /** As the lease keeps it, in small letters; empty = the client has no name. */
  readonly lease = { bytes: new Uint8Array(HOSTNAME_BYTES_MAX), offset: 0, length: 0 };
  /** Payload of option 12 of the reply; empty = it has none. */
  readonly hostName = { bytes: new Uint8Array(HOSTNAME_BYTES_MAX), offset: 0, length: 0 };
  /** Payload of option 81 of the reply; empty = it has none. */
  readonly fqdn = { bytes: new Uint8Array(FQDN_HEADER_BYTES + DOMAIN_BYTES_MAX), offset: 0, length: 0 };
  /** RowFlag.fqdnFwd and fqdnRev, as far as the server is to tell DNS. */
  flags = 0;

  /** What the outcome holds for. */
  #settings: CompiledNames | null = null;
  #reserved: Uint8Array | null = null;
  #address = NO_ADDRESS;
  /** That of the lease that the name is made for. */
  #leased = NO_ADDRESS;

  constructor(query: Query) {
    super();
    this.#query = query;
  }

  /** Starts with the query. @returns false when its option 81 is malformed: Kea drops such a query, whatever it is */
  begin(): boolean {
    this.#settings = null;
    this.#clear();
    return !this.#query.has(Present.fqdn) || this.#readFqdn();
  }

  /**
   * Makes the name. Does nothing when it was made for the same before.
   * @param address of the lease
   * @param reserved the name that is reserved for the client; empty = none
   */
  settle(settings: CompiledNames, address: number, reserved: Uint8Array): void {
    const isSame = settings === this.#settings && reserved === this.#reserved;
    if (isSame && (this.#address === NO_ADDRESS || this.#address === address)) return;
    this.#settings = settings;
    this.#reserved = reserved;
    this.#address = NO_ADDRESS;
    this.#leased = address;
    this.#clear();
    if (this.#query.has(Present.fqdn)) this.#answerFqdn(settings, reserved);
    else this.#answerHostName(settings, reserved);
  }

  #clear(): void {
    this.lease.length = 0;
    this.hostName.length = 0;
    this.fqdn.length = 0;
    this.flags = 0;
  }

  #readFqdn(): boolean {
    const { bytes } = this.#query;
    const offset = this.#query.field(Field.fqdnOffset);
    const length = this.#query.field(Field.fqdnLength) - FQDN_HEADER_BYTES;
    this.sent.length = 0;
    if (length < 0) return false;
    const flags = bytes[offset]!;
    // [RFC4702 2.1] It cannot both do the update itself and not want it done.
    if ((flags & FLAG_S) !== 0 && (flags & FLAG_N) !== 0) return false;
    this.isPartial = true;
    if (length === 0) return true;
    const from = offset + FQDN_HEADER_BYTES;
    const last = bytes[from + length - 1];
    const isWire = (flags & FLAG_E) !== 0;
    this.isPartial = last !== (isWire ? 0 : DOT);
    const isName = isWire
      ? readDomainWire(bytes, from, length, this.sent)
      : readDomainText(bytes, from, length, this.sent) > 0;
    // Before the set of characters is applied, unlike a name of option 12.
    lowerDomain(this.sent);
    if (isName || !this.#query.options.isLenient) return isName;
    // [Kea] The name of option 12 counts then, if there is one.
    this.#query.hideFqdn();
    return true;
  }

  #answerFqdn(settings: CompiledNames, reserved: Uint8Array): void {
    if (!this.makeFqdn(settings, reserved)) return;
    copyText(this.lease, this.text);
    this.#putFqdn(settings);
  }

  protected override generate({ prefix }: CompiledNames): void {
    this.#address = this.#leased;
    generateName(this.text, this.#leased, prefix);
  }

  /** [RFC4702 4] Flags of the answer, and the name in the form in which the client has sent its own. */
  #putFqdn(settings: CompiledNames): void {
    const { bytes } = this.#query;
    const offset = this.#query.field(Field.fqdnOffset);
    const sent = bytes[offset]!;
    const wantsServer = (sent & FLAG_S) !== 0;
    this.flags = directionsOf(settings, wantsServer, (sent & FLAG_N) !== 0);
    const isServers = (this.flags & RowFlag.fqdnFwd) !== 0;
    const name = (sent & FLAG_E) !== 0 ? this.wire : this.text;
    const { fqdn } = this;
    fqdn.bytes[0] =
      (sent & FLAG_E) |
      (isServers ? FLAG_S : 0) |
      (this.flags === 0 ? FLAG_N : 0) |
      (isServers !== wantsServer ? FLAG_O : 0);
    fqdn.bytes[1] = bytes[offset + 1]!;
    fqdn.bytes[2] = bytes[offset + 2]!;
    for (let i = 0; i < name.length; i++) fqdn.bytes[FQDN_HEADER_BYTES + i] = name.bytes[i]!;
    fqdn.length = FQDN_HEADER_BYTES + name.length;
  }

  #answerHostName(settings: CompiledNames, reserved: Uint8Array): void {
    const text = this.text;
    if (reserved.length > 0) {
      setText(text, reserved, 0, reserved.length);
      qualify(text, settings.suffix, false);
      lowerText(text);
    } else if (!this.#makeHostName(settings)) return;
    if (text.length === 0 || text.length > HOSTNAME_BYTES_MAX) return;
    copyText(this.hostName, text);
    lowerText(text);
    copyText(this.lease, text);
    if (settings.updates) this.flags = RowFlag.fqdnFwd | RowFlag.fqdnRev;
  }

  /** Makes the text of the answer's name. @returns false when there is none */
  #makeHostName(settings: CompiledNames): boolean {
    const text = this.text;
    if (!this.#takeHostName()) {
      if (!settings.replacesAbsent) return false;
      return this.#generateHostName(settings);
    }
    trimText(text);
    const labels = readDomainText(text.bytes, 0, text.length, this.wire);
    if (labels === 0) return false;
    if (settings.replacesPresent || labels === 1) return this.#generateHostName(settings);
    if (settings.characters !== null) {
      const clean = this.clean;
      clean.length = 0;
      if (!appendSanitised(settings.characters, text.bytes, 0, text.length, clean)) return false;
      if (clean.length > HOSTNAME_BYTES_MAX) return false;
      setText(text, clean.bytes, 0, clean.length);
    } else lowerText(text);
    // A name of one label is taken for a partial one; whether one of several is, nobody knows.
    if (labels === 2) qualify(text, settings.suffix, false);
    const isRoot = text.length === 1 && text.bytes[0] === DOT;
    return isRoot ? this.#generateHostName(settings) : true;
  }

  #generateHostName(settings: CompiledNames): boolean {
    this.generate(settings);
    qualify(this.text, settings.suffix, false);
    return true;
  }

  /** Option 12 without the NULs that some clients end it with. @returns false when nothing is left */
  #takeHostName(): boolean {
    const { bytes } = this.#query;
    const offset = this.#query.field(Field.hostNameOffset);
    let length = Math.min(this.#query.field(Field.hostNameLength), DOMAIN_TEXT_BYTES_MAX);
    while (length > 0 && bytes[offset + length - 1] === 0) length -= 1;
    setText(this.text, bytes, offset, length);
    return length > 0;
  }
}

/** The name of a client without one of its own: "myhost-10-0-0-1". */
function generateName(text: Octets, address: number, prefix: Uint8Array): void {
  setText(text, prefix, 0, prefix.length);
  for (let shift = 24; shift >= 0; shift -= 8) {
    appendDecimal(text, (address >>> shift) & 255);
    if (shift > 0) text.bytes[text.length++] = DASH;
  }
}
