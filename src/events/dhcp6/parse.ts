/** Reads what the engine of DHCPv6 has written of lease events. */
import { assert } from '../../base/assert.ts';
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { LEASE_FILE_COLUMNS_6 } from '../../lease/dhcp6/csv.ts';
import { RowDecoder6 } from '../../lease/dhcp6/csv-decode.ts';
import { RowFault6 } from '../../lease/dhcp6/csv-fault.ts';
import { leaseOfRecord6 } from '../../lease/dhcp6/csv-lease.ts';
import type { Lease6 } from '../../lease/dhcp6/model.ts';
import { EVENT_NO_OPTION, EventPart, type LeaseEventKind } from '../../lease/events.ts';
import { eachPart, type LegalTexts, NO_TEXTS, withText } from '../parts.ts';
import type { EventIa6, EventQuery6, EventRelay6, LeaseEvent6, WrittenLease6 } from './event.ts';

const COLUMNS = { min: LEASE_FILE_COLUMNS_6.length, max: LEASE_FILE_COLUMNS_6.length };
const decoder = new RowDecoder6();

/** @param bytes the event's parts, in memory of their own */
export function parseLeaseEvent6(kind: number, bytes: Uint8Array): LeaseEvent6 {
  const former: Lease6[] = [];
  const written: WrittenLease6[] = [];
  const replaced: Lease6[] = [];
  let query: EventQuery6 | null = null;
  const texts = new Map<Lease6, LegalTexts>();
  /** Texts are about the lease in front of them. */
  let last: Lease6 | null = null;
  const take = (part: Uint8Array): Lease6 => {
    last = leaseIn(part);
    return last;
  };
  eachPart(bytes, (role, part) => {
    if (role === EventPart.former) former.push(take(part));
    else if (role === EventPart.lease) written.push({ lease: take(part), isRenewed: false });
    else if (role === EventPart.renewed) written.push({ lease: take(part), isRenewed: true });
    else if (role === EventPart.replaced) replaced.push(take(part));
    else if (role === EventPart.query) query = new QueryPart(part).read();
    else if (last !== null) texts.set(last, withText(texts.get(last) ?? NO_TEXTS, role, part));
  });
  return { kind: kind as LeaseEventKind, former, written, replaced, query, texts };
}

function leaseIn(part: Uint8Array): Lease6 {
  const fault = decoder.decode(part, 0, COLUMNS);
  assert(fault === RowFault6.none, 'an event holds rows that can be read');
  return leaseOfRecord6(decoder.record);
}

/** The layout stands in engine/dhcp6/leases/event-query.ts. */
class QueryPart {
  readonly #part: Buffer;
  #at = 0;

  constructor(part: Uint8Array) {
    this.#part = Buffer.from(part.buffer, part.byteOffset, part.length);
  }

  read(): EventQuery6 {
    return {
      messageType: this.#number(1),
      transactionId: this.#number(3),
      sourceAddress: this.#octets(IPV6_BYTES),
      sourcePort: this.#number(2),
      localAddress: this.#octets(IPV6_BYTES),
      interfaceName: Buffer.from(this.#octets(this.#number(1))).toString('latin1'),
      duid: this.#octets(this.#number(1)),
      relay: this.#relay(),
      interfaceId: this.#option(),
      remoteId: this.#option(),
      subscriberId: this.#option(),
      ias: this.#ias(),
    };
  }

  #relay(): EventRelay6 | null {
    if (this.#number(1) === 0) return null;
    return {
      hopCount: this.#number(1),
      linkAddress: this.#octets(IPV6_BYTES),
      peerAddress: this.#octets(IPV6_BYTES),
    };
  }

  #option(): Uint8Array | null {
    const length = this.#number(2);
    return length === EVENT_NO_OPTION ? null : this.#octets(length);
  }

  #ias(): EventIa6[] {
    return Array.from({ length: this.#number(1) }, () => ({
      code: this.#number(2),
      iaid: this.#number(4),
      t1Sec: this.#number(4),
      t2Sec: this.#number(4),
    }));
  }

  #number(octets: number): number {
    this.#at += octets;
    return this.#part.readUIntBE(this.#at - octets, octets);
  }

  #octets(length: number): Uint8Array {
    this.#at += length;
    return this.#part.subarray(this.#at - length, this.#at);
  }
}
