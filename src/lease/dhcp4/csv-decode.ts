/**
 * Reads rows of Kea's lease file (memfile, DHCPv4) into one reused record. Malformed rows give a reason, never an
 * exception. The columns up to hostname are in every schema; state (default 0), user_context (default none) and pool_id
 * (default 0) came later, and what a newer schema adds behind them is passed over.
 */

import { isJsonMap } from '../csv-context.ts';
import { AS_IS, type ColumnRange, countColumns, FieldReader, TO_LOWER, U32_MAX } from '../csv-read.ts';
import { COMMA, NEWLINE, ZERO } from '../csv-write.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { LeaseState } from '../state.ts';
import { ROW_BYTES_MAX } from './csv.ts';
import { RowFault } from './csv-fault.ts';
import { CLIENT_ID_BYTES_MAX, emptyRecord, HARDWARE_ADDRESS_BYTES_MAX, type LeaseRecord } from './record.ts';

const DOT = 0x2e;
const COLUMNS_OLDEST = 9;
const COLUMNS_NEWEST = 12;

// Where each variable field stands in the scratch buffer.
const HW_AT = 0;
const CLIENT_ID_AT = HW_AT + HARDWARE_ADDRESS_BYTES_MAX;
const HOSTNAME_AT = CLIENT_ID_AT + CLIENT_ID_BYTES_MAX;
const CONTEXT_AT = HOSTNAME_AT + HOSTNAME_BYTES_MAX;
const SCRATCH_BYTES = CONTEXT_AT + USER_CONTEXT_BYTES_MAX;

export class RowDecoder {
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  /** The row read last; overwritten by the next one. */
  readonly record: LeaseRecord = emptyRecord(this.#scratch);
  /** Offset behind the newline of the row decoded last, whether it was good or not. */
  next = 0;
  readonly #fields = new FieldReader(this.#scratch);

  constructor() {
    const { record } = this;
    record.hwOffset = HW_AT;
    record.clientIdOffset = CLIENT_ID_AT;
    record.hostnameOffset = HOSTNAME_AT;
    record.userContextOffset = CONTEXT_AT;
  }

  /**
   * Decodes the row that starts at `at`. Pre: there is a newline at or behind `at`.
   * @returns `RowFault.none` and the lease in `record`, or the fault; then `record` holds nothing of use
   */
  decode(bytes: Uint8Array, at: number, columns: ColumnRange): RowFault {
    this.#fields.start(bytes, at);
    const fault = this.#client() || this.#times() || this.#name() || this.#rest(columns);
    if (fault === RowFault.none) {
      this.next = this.#fields.at;
      return this.next - at > ROW_BYTES_MAX ? RowFault.tooLong : this.#check();
    }
    const newline = bytes.indexOf(NEWLINE, at);
    this.next = newline + 1;
    const count = countColumns(bytes, at, newline);
    return count < columns.min || count > columns.max ? RowFault.columns : fault;
  }

  /** address, hwaddr, client_id */
  #client(): RowFault {
    const record = this.record;
    const fields = this.#fields;
    record.address = this.#address();
    if (record.address <= 0) return RowFault.address;
    record.hwLength = fields.hex(HW_AT, HARDWARE_ADDRESS_BYTES_MAX);
    if (record.hwLength < 0) return RowFault.hardwareAddress;
    record.clientIdLength = fields.hex(CLIENT_ID_AT, CLIENT_ID_BYTES_MAX);
    return record.clientIdLength < 0 ? RowFault.clientId : RowFault.none;
  }

  /** valid_lifetime, expire, subnet_id */
  #times(): RowFault {
    const record = this.record;
    const fields = this.#fields;
    record.validLifetimeSec = fields.number(U32_MAX);
    if (record.validLifetimeSec < 0 || !fields.comma()) return RowFault.validLifetime;
    record.expireSec = fields.number(Number.MAX_SAFE_INTEGER);
    if (record.expireSec < 0 || !fields.comma()) return RowFault.expire;
    record.subnetId = fields.number(U32_MAX);
    return record.subnetId < 0 || !fields.comma() ? RowFault.subnetId : RowFault.none;
  }

  /** fqdn_fwd, fqdn_rev, hostname */
  #name(): RowFault {
    const record = this.record;
    const fields = this.#fields;
    const forward = fields.number(1);
    if (forward < 0 || !fields.comma()) return RowFault.fqdnFwd;
    record.fqdnFwd = forward === 1;
    const reverse = fields.number(1);
    if (reverse < 0 || !fields.comma()) return RowFault.fqdnRev;
    record.fqdnRev = reverse === 1;
    record.hostnameLength = fields.text(HOSTNAME_AT, HOSTNAME_BYTES_MAX, TO_LOWER);
    return record.hostnameLength < 0 ? RowFault.hostname : RowFault.none;
  }

  /** What the schema of the file has behind hostname, up to and with the newline. */
  #rest(columns: ColumnRange): RowFault {
    const record = this.record;
    const fields = this.#fields;
    record.state = LeaseState.assigned;
    record.userContextLength = 0;
    record.poolId = 0;
    let count = COLUMNS_OLDEST;
    if (fields.comma()) {
      count++;
      record.state = fields.number(LeaseState.released);
      if (record.state < 0) return RowFault.state;
    }
    if (count === COLUMNS_OLDEST + 1 && fields.comma()) {
      count++;
      record.userContextLength = fields.text(CONTEXT_AT, USER_CONTEXT_BYTES_MAX, AS_IS);
      if (record.userContextLength < 0) return RowFault.userContext;
    }
    if (count === COLUMNS_OLDEST + 2 && fields.comma()) {
      count++;
      record.poolId = fields.number(U32_MAX);
      if (record.poolId < 0) return RowFault.poolId;
    }
    if (count === COLUMNS_NEWEST) count += fields.skipColumns();
    if (fields.bytes[fields.at] !== NEWLINE)
      return count === COLUMNS_NEWEST ? RowFault.poolId : RowFault.state;
    fields.at++;
    return count < columns.min || count > columns.max ? RowFault.columns : RowFault.none;
  }

  /** What no single column can tell. */
  #check(): RowFault {
    const record = this.record;
    if (record.hwLength === 0 && record.clientIdLength === 0 && record.state !== LeaseState.declined) {
      return RowFault.noIdentifier;
    }
    const contextEnd = CONTEXT_AT + record.userContextLength;
    if (contextEnd > CONTEXT_AT && !isJsonMap(this.#scratch, CONTEXT_AT, contextEnd))
      return RowFault.userContext;
    // The time of the last transaction, expire - valid_lifetime, is kept in 32 bits. Before 1970 it is as good as 1970.
    if (record.expireSec < record.validLifetimeSec) record.expireSec = record.validLifetimeSec;
    return record.expireSec - record.validLifetimeSec > U32_MAX ? RowFault.expire : RowFault.none;
  }

  /** A dotted quad and its comma; -1 when malformed. */
  #address(): number {
    const { bytes } = this.#fields;
    let { at } = this.#fields;
    let address = 0;
    for (let part = 0; part < 4; part++) {
      const first = at;
      let octet = 0;
      for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) {
        octet = octet * 10 + digit;
        if (octet > 255) return -1;
      }
      if (at === first || (at > first + 1 && bytes[first] === ZERO)) return -1;
      if (bytes[at++] !== (part === 3 ? COMMA : DOT)) return -1;
      address = address * 256 + octet;
    }
    this.#fields.at = at;
    return address;
  }
}
