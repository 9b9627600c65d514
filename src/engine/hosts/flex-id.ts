/**
 * Kea's flex_id library: an expression makes an identifier out of a query, by which reservations are found. Where it replaces the
 * client identifier (of DHCPv6 the DUID), the lease is that of the identifier, behind octets 0: for look-up, lease file and partner.
 *
 * Which server of a pair shares the client is found before that, by what it has sent itself: as in Kea.
 */
import { type ByteRange, emptyRange, setRange } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Operand, Packet, QueryAccess } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { FlexIdConfig } from '../../config/hook-model.ts';

/** A query that can be served as if its client called itself otherwise. */
export interface ReplaceableClient {
  /** The identifier is valid until the next query. */
  replaceClientId(identifier: ByteRange): void;
}

/** How a family calls its clients. */
export interface FlexIdFamily<P extends Packet> {
  readonly access: QueryAccess<P>;
  /** Octets 0 in front of the identifier: a type that no client has. */
  readonly headBytes: number;
  /** [Kea] Octets that an identifier has at least where it replaces the client's. */
  readonly bytesMin: number;
  /** Octets that a lease has room for, those in front included. */
  readonly bytesMax: number;
}

/** Null where the configuration makes no use of an identifier. @param classes gets the classes that the expression asks for */
export function flexIdOf<P extends Packet>(
  { hooks: { flexId }, hosts, hostIdentifiers }: FlexIdUse,
  classes: ClassIds,
  family: FlexIdFamily<P>,
): FlexId<P> | null {
  const isUsed = flexId?.replacesClientId || (hosts.length > 0 && hostIdentifiers.includes('flex-id'));
  return flexId !== null && isUsed ? new FlexId(flexId, classes, family) : null;
}

/** What a configuration says of flexible identifiers. */
interface FlexIdUse {
  readonly hooks: { readonly flexId: FlexIdConfig | null };
  readonly hosts: readonly unknown[];
  readonly hostIdentifiers: readonly string[];
}

export class FlexId<P extends Packet> {
  readonly #scratch = new Scratch();
  readonly #value: Operand<P>;
  readonly #replaces: boolean;
  readonly #headBytes: number;
  readonly #bytesMin: number;
  readonly #clientId = emptyRange();

  /** @param classes gets the classes that the expression asks for */
  constructor(
    { identifier, replacesClientId }: FlexIdConfig,
    classes: ClassIds,
    { access, bytesMax, bytesMin, headBytes }: FlexIdFamily<P>,
  ) {
    this.#value = new Compiler(this.#scratch, classes, access).value(identifier);
    this.#replaces = replacesClientId;
    this.#headBytes = headBytes;
    this.#bytesMin = bytesMin;
    this.#clientId.bytes = new Uint8Array(bytesMax);
  }

  /**
   * Makes the identifier and, where it does, the client identifier of the query.
   * @param out the identifier, valid until the next query; empty when there is none
   * @returns false when no lease can have that client identifier
   */
  identify(query: P & ReplaceableClient, out: ByteRange): boolean {
    const { range } = this.#value;
    this.#scratch.reset();
    this.#value.load(query);
    setRange(out, range.bytes, range.offset, this.#scratch.failed ? 0 : range.length);
    return !this.#replaces || out.length === 0 || this.#replace(query, out);
  }

  #replace(query: ReplaceableClient, { bytes, offset, length }: ByteRange): boolean {
    const clientId = this.#clientId;
    const head = this.#headBytes;
    if (length < this.#bytesMin || head + length > clientId.bytes.length) return false;
    for (let i = 0; i < length; i++) clientId.bytes[head + i] = bytes[offset + i]!;
    clientId.length = head + length;
    query.replaceClientId(clientId);
    return true;
  }
}
