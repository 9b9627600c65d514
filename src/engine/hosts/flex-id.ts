/**
 * Kea's flex_id library: an expression makes an identifier out of a query, by which reservations are found. Where it replaces the
 * client identifier, the lease is that of the identifier, behind an octet 0: for look-up, lease file and partner.
 *
 * Which server of a pair shares the client is found before that, by what it has sent itself: as in Kea.
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import type { Operand } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { FlexIdConfig } from '../../config/hook-model.ts';
import { CLIENT_ID_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import type { Query } from '../query.ts';

export class FlexId {
  readonly #scratch = new Scratch();
  readonly #value: Operand<Packet4>;
  readonly #replaces: boolean;
  readonly #clientId = emptyRange();

  /** @param classes gets the classes that the expression asks for */
  constructor({ identifier, replacesClientId }: FlexIdConfig, classes: ClassIds) {
    this.#value = new Compiler(this.#scratch, classes, QUERY_ACCESS_4).value(identifier);
    this.#replaces = replacesClientId;
    this.#clientId.bytes = new Uint8Array(CLIENT_ID_BYTES_MAX);
  }

  /**
   * Makes the identifier and, where it does, the client identifier of the query.
   * @param out the identifier, valid until the next query; empty when there is none
   * @returns false when no lease can have that client identifier
   */
  identify(query: Query, out: ByteRange): boolean {
    const { range } = this.#value;
    this.#scratch.reset();
    this.#value.load(query);
    out.bytes = range.bytes;
    out.offset = range.offset;
    out.length = this.#scratch.failed ? 0 : range.length;
    return !this.#replaces || out.length === 0 || this.#replace(query, out);
  }

  #replace(query: Query, { bytes, offset, length }: ByteRange): boolean {
    if (length >= CLIENT_ID_BYTES_MAX) return false;
    const clientId = this.#clientId;
    for (let i = 0; i < length; i++) clientId.bytes[i + 1] = bytes[offset + i]!;
    clientId.length = length + 1;
    query.replaceClientId(clientId);
    return true;
  }
}
