/** The addresses of the DHCPv6 table in ascending order, 16 octets each, one behind the other. */
import { compareIpv6 } from '../../base/ipv6.ts';
import { AddressOrderBase } from '../address-order.ts';
import { ADDRESS_BYTES } from './model.ts';
import type { LeaseTable6 } from './table.ts';

const OCTETS = 256;

export class AddressOrder6 extends AddressOrderBase<LeaseTable6, Uint8Array> {
  protected override room(count: number): Uint8Array {
    return new Uint8Array(count * ADDRESS_BYTES);
  }

  protected override take(table: LeaseTable6, slot: number, into: Uint8Array, index: number): boolean {
    const { rows } = table;
    if (rows.isFree(slot)) return false;
    const from = rows.addressOffset(slot);
    for (let i = 0; i < ADDRESS_BYTES; i++) into[index * ADDRESS_BYTES + i] = rows.bytes[from + i]!;
    return true;
  }

  protected override sorted(addresses: Uint8Array, count: number): Uint8Array {
    return inOrder(addresses, orderOf(addresses, count));
  }
}

/**
 * Positions of the first `count` addresses, ascending by address: a radix sort from the last octet to the first, of those
 * octets alone in which the addresses differ, few where they are of one subnet.
 */
function orderOf(addresses: Uint8Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let sorted = new Uint32Array(count);
  const starts = new Uint32Array(OCTETS + 1);
  for (let octet = ADDRESS_BYTES - 1; octet >= 0; octet--) {
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[addresses[i * ADDRESS_BYTES + octet]! + 1]! += 1;
    if (count === 0 || starts[addresses[octet]! + 1] === count) continue;
    for (let value = 0; value < OCTETS; value++) starts[value + 1]! += starts[value]!;
    for (let i = 0; i < count; i++) {
      const position = order[i]!;
      const value = addresses[position * ADDRESS_BYTES + octet]!;
      sorted[starts[value]!] = position;
      starts[value]! += 1;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}

/** The addresses by their order, each once. */
function inOrder(addresses: Uint8Array, order: Uint32Array): Uint8Array {
  const out = new Uint8Array(order.length * ADDRESS_BYTES);
  let end = 0;
  for (let i = 0; i < order.length; i++) {
    const from = order[i]! * ADDRESS_BYTES;
    if (end > 0 && compareIpv6(out, end - ADDRESS_BYTES, addresses, from) === 0) continue;
    for (let k = 0; k < ADDRESS_BYTES; k++) out[end + k] = addresses[from + k]!;
    end += ADDRESS_BYTES;
  }
  return out.subarray(0, end);
}

/** Number of the first address above `from` (null = the first of all) among ascending ones. */
export function firstAbove6(addresses: Uint8Array, from: Uint8Array | null): number {
  let low = 0;
  let high = addresses.length / ADDRESS_BYTES;
  while (from !== null && low < high) {
    const middle = (low + high) >>> 1;
    if (compareIpv6(addresses, middle * ADDRESS_BYTES, from, 0) <= 0) low = middle + 1;
    else high = middle;
  }
  return from === null ? 0 : low;
}
