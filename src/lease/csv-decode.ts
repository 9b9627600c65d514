/**
 * Reads rows of Kea's lease file (memfile, DHCPv4) into one reused record. Malformed rows give a reason, never an
 * exception. The columns up to hostname are in every schema; state (default 0), user_context (default none) and pool_id
 * (default 0) came later, and what a newer schema adds behind them is passed over.
 */
import { ROW_BYTES_MAX } from './csv.ts';
import { isJsonMap } from './csv-context.ts';
import { RowFault } from './csv-fault.ts';
import { LeaseState } from './model.ts';
import {
  CLIENT_ID_BYTES_MAX,
  emptyRecord,
  HARDWARE_ADDRESS_BYTES_MAX,
  HOSTNAME_BYTES_MAX,
  type LeaseRecord,
  USER_CONTEXT_BYTES_MAX,
} from './record.ts';

/** How many columns a row may have, by the header of its file. */
export interface ColumnRange {
  readonly min: number;
  readonly max: number;
}

const NEWLINE = 0x0a;
const HASH = 0x23;
const AMPERSAND = 0x26;
const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const LOWER_X = 0x78;
const U32_MAX = 0xffff_ffff;
const COLUMNS_OLDEST = 9;
const COLUMNS_NEWEST = 12;

const NO_NIBBLE = 255;
const NIBBLE = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : NO_NIBBLE;
});
/** Kea keeps host names in lower case, whatever the file says. */
const TO_LOWER = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);
const AS_IS = Uint8Array.from({ length: 256 }, (_, octet) => octet);

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
  #bytes: Uint8Array = this.#scratch;
  #at = 0;

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
    this.#bytes = bytes;
    this.#at = at;
    const fault = this.#client() || this.#times() || this.#name() || this.#rest(columns);
    if (fault === RowFault.none) {
      this.next = this.#at;
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
    record.address = this.#address();
    if (record.address <= 0) return RowFault.address;
    record.hwLength = this.#hex(HW_AT, HARDWARE_ADDRESS_BYTES_MAX);
    if (record.hwLength < 0) return RowFault.hardwareAddress;
    record.clientIdLength = this.#hex(CLIENT_ID_AT, CLIENT_ID_BYTES_MAX);
    return record.clientIdLength < 0 ? RowFault.clientId : RowFault.none;
  }

  /** valid_lifetime, expire, subnet_id */
  #times(): RowFault {
    const record = this.record;
    record.validLifetimeSec = this.#number(U32_MAX);
    if (record.validLifetimeSec < 0 || !this.#comma()) return RowFault.validLifetime;
    record.expireSec = this.#number(Number.MAX_SAFE_INTEGER);
    if (record.expireSec < 0 || !this.#comma()) return RowFault.expire;
    record.subnetId = this.#number(U32_MAX);
    return record.subnetId < 0 || !this.#comma() ? RowFault.subnetId : RowFault.none;
  }

  /** fqdn_fwd, fqdn_rev, hostname */
  #name(): RowFault {
    const record = this.record;
    const forward = this.#number(1);
    if (forward < 0 || !this.#comma()) return RowFault.fqdnFwd;
    record.fqdnFwd = forward === 1;
    const reverse = this.#number(1);
    if (reverse < 0 || !this.#comma()) return RowFault.fqdnRev;
    record.fqdnRev = reverse === 1;
    record.hostnameLength = this.#text(HOSTNAME_AT, HOSTNAME_BYTES_MAX, TO_LOWER);
    return record.hostnameLength < 0 ? RowFault.hostname : RowFault.none;
  }

  /** What the schema of the file has behind hostname, up to and with the newline. */
  #rest(columns: ColumnRange): RowFault {
    const record = this.record;
    record.state = LeaseState.assigned;
    record.userContextLength = 0;
    record.poolId = 0;
    let count = COLUMNS_OLDEST;
    if (this.#comma()) {
      count++;
      record.state = this.#number(LeaseState.released);
      if (record.state < 0) return RowFault.state;
    }
    if (count === COLUMNS_OLDEST + 1 && this.#comma()) {
      count++;
      record.userContextLength = this.#text(CONTEXT_AT, USER_CONTEXT_BYTES_MAX, AS_IS);
      if (record.userContextLength < 0) return RowFault.userContext;
    }
    if (count === COLUMNS_OLDEST + 2 && this.#comma()) {
      count++;
      record.poolId = this.#number(U32_MAX);
      if (record.poolId < 0) return RowFault.poolId;
    }
    if (count === COLUMNS_NEWEST) count += this.#skipColumns();
    if (this.#bytes[this.#at] !== NEWLINE) return count === COLUMNS_NEWEST ? RowFault.poolId : RowFault.state;
    this.#at++;
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
    const bytes = this.#bytes;
    let at = this.#at;
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
    this.#at = at;
    return address;
  }

  /** Colon-separated hex, one or two digits an octet, and its comma; its length in octets, -1 when malformed. */
  #hex(into: number, lengthMax: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let length = 0;
    let separator = bytes[at]!;
    if (separator === COMMA) at++;
    else {
      do {
        let octet = NIBBLE[bytes[at++]!]!;
        if (octet === NO_NIBBLE || length === lengthMax) return -1;
        const low = NIBBLE[bytes[at]!]!;
        if (low !== NO_NIBBLE) {
          octet = (octet << 4) | low;
          at++;
        }
        this.#scratch[into + length++] = octet;
        separator = bytes[at++]!;
      } while (separator === COLON);
      if (separator !== COMMA) return -1;
    }
    this.#at = at;
    return length;
  }

  /** Decimal digits, nothing behind them; -1 when there are none or the value is above `max`. */
  #number(max: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) {
      value = value * 10 + digit;
      if (value > max) return -1;
    }
    if (at === this.#at) return -1;
    this.#at = at;
    return value;
  }

  #comma(): boolean {
    if (this.#bytes[this.#at] !== COMMA) return false;
    this.#at++;
    return true;
  }

  /** Text up to the next comma or newline, unescaped and mapped; its length, -1 when it is too long. */
  #text(into: number, lengthMax: number, map: Uint8Array): number {
    const bytes = this.#bytes;
    const scratch = this.#scratch;
    let at = this.#at;
    let length = 0;
    for (let octet = bytes[at]!; octet !== COMMA && octet !== NEWLINE; octet = bytes[at]!) {
      at++;
      // What only looks like an escape stands for itself, as in Kea.
      if (octet === AMPERSAND && bytes[at] === HASH && bytes[at + 1] === LOWER_X) {
        const high = NIBBLE[bytes[at + 2]!]!;
        const low = high === NO_NIBBLE ? NO_NIBBLE : NIBBLE[bytes[at + 3]!]!;
        if (low !== NO_NIBBLE) {
          octet = (high << 4) | low;
          at += 4;
        }
      }
      if (length === lengthMax) return -1;
      scratch[into + length++] = map[octet]!;
    }
    this.#at = at;
    return length;
  }

  /** Passes over columns of a newer schema; how many there were. */
  #skipColumns(): number {
    if (this.#bytes[this.#at] !== COMMA) return 0;
    const newline = this.#bytes.indexOf(NEWLINE, this.#at);
    const count = countColumns(this.#bytes, this.#at, newline) - 1;
    this.#at = newline;
    return count;
  }
}

function countColumns(bytes: Uint8Array, at: number, newline: number): number {
  let count = 1;
  for (; at < newline; at++) if (bytes[at] === COMMA) count++;
  return count;
}
