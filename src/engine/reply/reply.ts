/**
 * Writes one reply into its slot, at once and completely: nothing is computed again after the lease is confirmed.
 *
 *     header (reply-header.ts) | 53 | other options ascending by code | 82 | 255 | zeros up to 300 octets
 */
import { OPTIONS_OFFSET, OptionCode } from '../../dhcp4/codes.ts';
import { Field, Present } from '../../dhcp4/descriptor.ts';
import { BOOTP_BYTES_MIN, DATAGRAM_BYTES_MAX, OPTION_PART_BYTES } from '../../dhcp4/reply-size.ts';
import { stripDhcpOptions } from '../messages/bootp.ts';
import type { ClientNames } from '../names/names.ts';
import type { Query } from '../query.ts';
import { behind, codeAt, type EncodedOptions, encodingAt, isUnasked } from './encoded-options.ts';
import type { CompiledOption } from './option-merge.ts';
import { ReplyHeader } from './reply-header.ts';
import type { ReplyPlan } from './reply-plan.ts';
import type { ReplySlots } from './reply-slots.ts';
import { VendorOptions } from './vendor-options.ts';

/** Lease time and timers of a reply, seconds; 0 leaves a timer out. */
export interface ReplyTimes {
  leaseSec: number;
  t1Sec: number;
  t2Sec: number;
}

export class ReplyWriter {
  readonly header: ReplyHeader;
  readonly #bytes: Uint8Array;
  readonly #slotBytes: number;
  readonly #query: Query;
  readonly #names: ClientNames;
  readonly #vendors: VendorOptions;
  /** Code -> the turn in which the client asked for it; saves clearing a set for each query. */
  readonly #requested = new Uint32Array(256);
  #turn = 0;
  #start = 0;
  #end = 0;
  #at = 0;

  constructor(slots: Pick<ReplySlots, 'bytes' | 'slotBytes'>, query: Query, names: ClientNames) {
    this.#bytes = slots.bytes;
    this.header = new ReplyHeader(slots, query);
    this.#slotBytes = slots.slotBytes;
    this.#query = query;
    this.#names = names;
    this.#vendors = new VendorOptions(query);
  }

  /** Starts the reply in a slot: header and option 53. Every octet up to the options is written. [RFC2131 4.3.1] */
  begin(slot: number, messageType: number, yiaddr: number): void {
    const start = slot * this.#slotBytes;
    this.#start = start;
    this.#end = start + this.#slotBytes;
    this.header.begin(start, messageType, yiaddr);
    this.#at = start + OPTIONS_OFFSET;
    this.#putByte(OptionCode.messageType);
    this.#putByte(1);
    this.#putByte(messageType);
  }

  /**
   * Writes what an OFFER or ACK carries besides option 53, ascending by code. What the server makes or echoes stands
   * instead of what is configured for that code, as in Kea.
   * @param mask the subnet's netmask, sent with a lease; @param times null for an INFORM, which has no lease
   */
  options(plan: ReplyPlan, serverId: number, mask: number, times: ReplyTimes | null, echo: boolean): void {
    this.#markRequested();
    const query = this.#query;
    let next = plan.optionsStart;
    if (times !== null) next = this.#ofLease(plan, mask, times);
    next = this.#insteadOf(plan, next, OptionCode.serverIdentifier);
    this.#putOption32(OptionCode.serverIdentifier, serverId);
    if (times !== null) next = this.#timers(plan, next, times);
    if (echo && query.field(Field.clientIdLength) > 0) {
      next = this.#insteadOf(plan, next, OptionCode.clientIdentifier);
      this.#echo(OptionCode.clientIdentifier, Field.clientIdOffset, Field.clientIdLength);
    }
    const { fqdn } = this.#names;
    if (times !== null && fqdn.length > 0) {
      next = this.#insteadOf(plan, next, OptionCode.fqdn);
      this.#putOption(OptionCode.fqdn, fqdn.bytes, fqdn.offset, fqdn.length);
    }
    if (query.has(Present.subnetSelection)) {
      next = this.#insteadOf(plan, next, OptionCode.subnetSelection);
      this.#subnetSelection();
    }
    next = this.#configuredUpTo(plan, next, OptionCode.vendorOptions);
    if (plan.vendors.length > 0) this.#putVendors(plan);
    this.#configuredUpTo(plan, next, OptionCode.end);
    // The one of the relay stands instead; it is written by `finish`.
    if (plan.agent !== null && (query.field(Field.agentLength) === 0 || query.isAgentStashed))
      this.#putCompiled(plan.agent);
  }

  #putVendors({ vendors }: ReplyPlan): void {
    this.#vendors.make(vendors, this.#isRequested(OptionCode.vendorOptions));
    const { bytes, length } = this.#vendors;
    if (length > 0) this.#putOption(OptionCode.vendorOptions, bytes, 0, length);
  }

  /** Options 1, 12 and 51 of a lease. */
  #ofLease(configured: EncodedOptions, mask: number, times: ReplyTimes): number {
    const { hostName } = this.#names;
    let next = this.#insteadOf(configured, configured.optionsStart, OptionCode.subnetMask);
    this.#putOption32(OptionCode.subnetMask, mask);
    if (hostName.length > 0) {
      next = this.#insteadOf(configured, next, OptionCode.hostName);
      this.#putOption(OptionCode.hostName, hostName.bytes, hostName.offset, hostName.length);
    }
    next = this.#insteadOf(configured, next, OptionCode.leaseTime);
    this.#putOption32(OptionCode.leaseTime, times.leaseSec);
    return next;
  }

  /** Writes what a NAK carries: server identifier and echoes, nothing else. [RFC2131 table 3] */
  nakOptions(serverId: number, echo: boolean): void {
    this.#putOption32(OptionCode.serverIdentifier, serverId);
    if (echo) this.#echo(OptionCode.clientIdentifier, Field.clientIdOffset, Field.clientIdLength);
    this.#subnetSelection();
  }

  /**
   * Writes option 82 as it came, the end, and zeros up to the least size of a BOOTP message. [RFC3046 2.2] [RFC1542 2.1]
   * @param withAgent whether the relay's option is echoed
   * @returns the length of the reply, or 0 when no datagram can hold it (option 57 is not looked at, as in Kea)
   */
  finish(withAgent: boolean): number {
    if (withAgent && !this.#query.isAgentStashed)
      this.#echo(OptionCode.relayAgentInformation, Field.agentOffset, Field.agentLength);
    if (this.#query.isBootp && this.#at <= this.#end)
      this.#at = stripDhcpOptions(this.#bytes, this.#start + OPTIONS_OFFSET, this.#at);
    this.#putByte(OptionCode.end);
    const least = this.#start + BOOTP_BYTES_MIN;
    for (; this.#at < least; this.#at++) this.#bytes[this.#at] = 0;
    const length = this.#at - this.#start;
    return length > DATAGRAM_BYTES_MAX ? 0 : length;
  }

  #markRequested(): void {
    this.#turn = (this.#turn + 1) >>> 0;
    const offset = this.#query.field(Field.requestListOffset);
    const length = this.#query.field(Field.requestListLength);
    for (let i = 0; i < length; i++) this.#requested[this.#query.bytes[offset + i]!] = this.#turn;
  }

  #isRequested(code: number): boolean {
    return this.#requested[code] === this.#turn;
  }

  /** Writes the configured options below a code; returns the position of the first one at or above it. */
  #configuredUpTo({ optionBytes, optionsEnd }: EncodedOptions, from: number, code: number): number {
    let next = from;
    while (next < optionsEnd && codeAt(optionBytes, next) < code) {
      const end = behind(optionBytes, next);
      if (isUnasked(optionBytes, next) || this.#isRequested(codeAt(optionBytes, next)))
        this.#putBytes(optionBytes, encodingAt(next), end - encodingAt(next));
      next = end;
    }
    return next;
  }

  #putCompiled({ code, encoded, unasked }: CompiledOption): void {
    if (unasked || this.#isRequested(code)) this.#putBytes(encoded, 0, encoded.length);
  }

  /** Writes the configured options below a code and leaves out the one of the code; returns the position behind it. */
  #insteadOf(configured: EncodedOptions, from: number, code: number): number {
    const next = this.#configuredUpTo(configured, from, code);
    const { optionBytes, optionsEnd } = configured;
    return next < optionsEnd && codeAt(optionBytes, next) === code ? behind(optionBytes, next) : next;
  }

  /** Options 58 and 59, as far as the server has computed them. */
  #timers(configured: EncodedOptions, from: number, { t1Sec, t2Sec }: ReplyTimes): number {
    let next = from;
    if (t1Sec > 0) {
      next = this.#insteadOf(configured, next, OptionCode.renewalTime);
      this.#putOption32(OptionCode.renewalTime, t1Sec);
    }
    if (t2Sec > 0) {
      next = this.#insteadOf(configured, next, OptionCode.rebindingTime);
      this.#putOption32(OptionCode.rebindingTime, t2Sec);
    }
    return next;
  }

  /** [RFC3011 2] The server copies the option into its answer. */
  #subnetSelection(): void {
    if (!this.#query.has(Present.subnetSelection)) return;
    this.#putOption32(OptionCode.subnetSelection, this.#query.field(Field.subnetSelection));
  }

  #echo(code: number, offsetField: number, lengthField: number): void {
    const length = this.#query.field(lengthField);
    if (length > 0) this.#putOption(code, this.#query.bytes, this.#query.field(offsetField), length);
  }

  /** [RFC3396 5] Above 255 octets an option is split. */
  #putOption(code: number, bytes: Uint8Array, offset: number, length: number): void {
    for (let done = 0; done < length; done += OPTION_PART_BYTES) {
      const part = Math.min(OPTION_PART_BYTES, length - done);
      this.#putByte(code);
      this.#putByte(part);
      this.#putBytes(bytes, offset + done, part);
    }
  }

  #putOption32(code: number, value: number): void {
    this.#putByte(code);
    this.#putByte(4);
    this.#putByte(value >>> 24);
    this.#putByte(value >>> 16);
    this.#putByte(value >>> 8);
    this.#putByte(value);
  }

  /** Stores the low octet of `value`; behind the slot's end only the position grows, so that `finish` sees the overflow. */
  #putByte(value: number): void {
    if (this.#at < this.#end) this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  #putBytes(source: Uint8Array, offset: number, length: number): void {
    const at = this.#at;
    this.#at = at + length;
    if (this.#at > this.#end) return;
    const out = this.#bytes;
    for (let i = 0; i < length; i++) out[at + i] = source[offset + i]!;
  }
}
