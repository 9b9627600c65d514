/**
 * Reads rows of Kea's lease file (memfile, DHCPv6) into one reused record. Malformed rows give a reason, never an
 * exception. The columns up to hostname are in every schema; hwaddr (default none), state (default 0), user_context
 * (default none), hwtype (default 1), hwaddr_source (default 0) and pool_id (default 0) came later in this order, and what a
 * newer schema adds behind them is passed over.
 */
import { setRange } from '../../base/byte-range.ts';
import { isIpv6Unspecified } from '../../base/ipv6.ts';
import { isJsonMap } from '../csv-context.ts';
import { AS_IS, type ColumnRange, countColumns, FieldReader, TO_LOWER, U32_MAX } from '../csv-read.ts';
import { COMMA, NEWLINE } from '../csv-write.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { isPrefixLength, LEASE_FILE_COLUMNS_6, ROW_BYTES_MAX_6 } from './csv.ts';
import { readAddress } from './csv-address.ts';
import { RowFault6 } from './csv-fault.ts';
import { ADDRESS_BITS, ADDRESS_BYTES, LeaseType } from './model.ts';
import { hasHostBits } from './prefix.ts';
import { DUID_BYTES_MAX, emptyRecord6, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord6 } from './record.ts';

const COLUMNS_OLDEST = 12;
const COLUMNS_NEWEST = LEASE_FILE_COLUMNS_6.length;
const U16_MAX = 0xffff;
const ETHERNET = 1;

// Where each variable field stands in the scratch buffer.
const ADDRESS_AT = 0;
const DUID_AT = ADDRESS_AT + ADDRESS_BYTES;
const HW_AT = DUID_AT + DUID_BYTES_MAX;
const HOSTNAME_AT = HW_AT + HARDWARE_ADDRESS_BYTES_MAX;
const CONTEXT_AT = HOSTNAME_AT + HOSTNAME_BYTES_MAX;
const SCRATCH_BYTES = CONTEXT_AT + USER_CONTEXT_BYTES_MAX;

export class RowDecoder6 {
  readonly #fields = new FieldReader(new Uint8Array(SCRATCH_BYTES));
  /** The row read last; overwritten by the next one. */
  readonly record: LeaseRecord6 = emptyRecord6();
  /** Offset behind the newline of the row decoded last, whether it was good or not. */
  next = 0;

  constructor() {
    const { record } = this;
    const { scratch } = this.#fields;
    setRange(record.address, scratch, ADDRESS_AT, ADDRESS_BYTES);
    setRange(record.duid, scratch, DUID_AT, 0);
    setRange(record.hw, scratch, HW_AT, 0);
    setRange(record.hostname, scratch, HOSTNAME_AT, 0);
    setRange(record.userContext, scratch, CONTEXT_AT, 0);
  }

  /**
   * Decodes the row that starts at `at`. Pre: there is a newline at or behind `at`.
   * @returns `RowFault6.none` and the lease in `record`, or the fault; then `record` holds nothing of use
   */
  decode(bytes: Uint8Array, at: number, columns: ColumnRange): RowFault6 {
    const fields = this.#fields;
    fields.start(bytes, at);
    const fault = this.#client() || this.#times() || this.#ia() || this.#name() || this.#rest(columns);
    if (fault === RowFault6.none) {
      this.next = fields.at;
      return this.next - at > ROW_BYTES_MAX_6 ? RowFault6.tooLong : this.#check();
    }
    const newline = bytes.indexOf(NEWLINE, at);
    this.next = newline + 1;
    const count = countColumns(bytes, at, newline);
    return count < columns.min || count > columns.max ? RowFault6.columns : fault;
  }

  /** address, duid */
  #client(): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    const end = readAddress(fields.bytes, fields.at, fields.scratch, ADDRESS_AT);
    if (end < 0 || fields.bytes[end] !== COMMA) return RowFault6.address;
    if (isIpv6Unspecified(fields.scratch, ADDRESS_AT)) return RowFault6.address;
    fields.at = end + 1;
    record.duid.length = fields.hex(DUID_AT, DUID_BYTES_MAX);
    return record.duid.length < 1 ? RowFault6.duid : RowFault6.none;
  }

  /** valid_lifetime, expire, subnet_id, pref_lifetime */
  #times(): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    record.validLifetimeSec = fields.number(U32_MAX);
    if (record.validLifetimeSec < 0 || !fields.comma()) return RowFault6.validLifetime;
    record.expireSec = fields.number(Number.MAX_SAFE_INTEGER);
    if (record.expireSec < 0 || !fields.comma()) return RowFault6.expire;
    record.subnetId = fields.number(U32_MAX);
    if (record.subnetId < 0 || !fields.comma()) return RowFault6.subnetId;
    record.preferredLifetimeSec = fields.number(U32_MAX);
    return record.preferredLifetimeSec < 0 || !fields.comma() ? RowFault6.preferredLifetime : RowFault6.none;
  }

  /** lease_type, iaid, prefix_len */
  #ia(): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    record.type = fields.number(LeaseType.pd);
    if (record.type < 0 || !fields.comma()) return RowFault6.leaseType;
    record.iaid = fields.number(U32_MAX);
    if (record.iaid < 0 || !fields.comma()) return RowFault6.iaid;
    record.prefixLength = fields.number(ADDRESS_BITS);
    if (!isPrefixLength(record.type, record.prefixLength) || !fields.comma()) return RowFault6.prefixLength;
    return hasHostBits(fields.scratch, ADDRESS_AT, record.prefixLength) ? RowFault6.hostBits : RowFault6.none;
  }

  /** fqdn_fwd, fqdn_rev, hostname */
  #name(): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    const forward = fields.number(1);
    if (forward < 0 || !fields.comma()) return RowFault6.fqdnFwd;
    record.fqdnFwd = forward === 1;
    const reverse = fields.number(1);
    if (reverse < 0 || !fields.comma()) return RowFault6.fqdnRev;
    record.fqdnRev = reverse === 1;
    record.hostname.length = fields.text(HOSTNAME_AT, HOSTNAME_BYTES_MAX, TO_LOWER);
    return record.hostname.length < 0 ? RowFault6.hostname : RowFault6.none;
  }

  /** What the schema of the file has behind hostname, up to and with the newline. */
  #rest(columns: ColumnRange): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    record.hw.length = 0;
    record.state = LeaseState.assigned;
    record.userContext.length = 0;
    record.hwType = ETHERNET;
    record.hwSource = 0;
    record.poolId = 0;
    let count = COLUMNS_OLDEST;
    let fault: RowFault6 = RowFault6.none;
    while (count < COLUMNS_NEWEST && fault === RowFault6.none && fields.comma()) fault = this.#later(count++);
    if (fault !== RowFault6.none) return fault;
    if (count === COLUMNS_NEWEST) count += fields.skipColumns();
    if (fields.bytes[fields.at] !== NEWLINE)
      return LATER_FAULTS[count - 1 - COLUMNS_OLDEST] ?? RowFault6.hostname;
    fields.at++;
    return count < columns.min || count > columns.max ? RowFault6.columns : RowFault6.none;
  }

  /** A column that not every schema has, by its position. */
  #later(column: number): RowFault6 {
    const { record } = this;
    const fields = this.#fields;
    let value = 0;
    switch (column) {
      case 12:
        value = record.hw.length = fields.hexUnclosed(HW_AT, HARDWARE_ADDRESS_BYTES_MAX);
        break;
      case 13:
        value = record.state = fields.number(LeaseState.registered);
        break;
      case 14:
        value = record.userContext.length = fields.text(CONTEXT_AT, USER_CONTEXT_BYTES_MAX, AS_IS);
        break;
      case 15:
        value = record.hwType = this.#ofHw(ETHERNET, U16_MAX);
        break;
      case 16:
        value = record.hwSource = this.#ofHw(0, U32_MAX);
        break;
      default:
        value = record.poolId = fields.number(U32_MAX);
    }
    return value < 0 ? LATER_FAULTS[column - COLUMNS_OLDEST]! : RowFault6.none;
  }

  /** A number that Kea leaves out where there is no hardware address. */
  #ofHw(missing: number, max: number): number {
    return this.record.hw.length === 0 ? this.#fields.numberOr(missing, max) : this.#fields.number(max);
  }

  /** What no single column can tell. */
  #check(): RowFault6 {
    const { record } = this;
    const contextEnd = CONTEXT_AT + record.userContext.length;
    if (contextEnd > CONTEXT_AT && !isJsonMap(this.#fields.scratch, CONTEXT_AT, contextEnd))
      return RowFault6.userContext;
    // The time of the last transaction, expire - valid_lifetime, is kept in 32 bits. Before 1970 it is as good as 1970.
    if (record.expireSec < record.validLifetimeSec) record.expireSec = record.validLifetimeSec;
    return record.expireSec - record.validLifetimeSec > U32_MAX ? RowFault6.expire : RowFault6.none;
  }
}

const LATER_FAULTS: readonly RowFault6[] = [
  RowFault6.hardwareAddress,
  RowFault6.state,
  RowFault6.userContext,
  RowFault6.hardwareType,
  RowFault6.hardwareSource,
  RowFault6.poolId,
];
