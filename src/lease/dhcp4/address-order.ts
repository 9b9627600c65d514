/** The addresses of the DHCPv4 table in ascending order: 500,000 of them are about 40 ms. */
import { AddressOrderBase } from '../address-order.ts';
import type { LeaseTable } from './table.ts';

export class AddressOrder extends AddressOrderBase<LeaseTable, Uint32Array> {
  protected override room(count: number): Uint32Array {
    return new Uint32Array(count);
  }

  protected override take(table: LeaseTable, slot: number, into: Uint32Array, index: number): boolean {
    const address = table.rows.address(slot);
    if (address === 0) return false;
    into[index] = address;
    return true;
  }

  protected override sorted(addresses: Uint32Array, count: number): Uint32Array {
    return withoutRepeats(addresses.slice(0, count).sort());
  }
}

function withoutRepeats(sorted: Uint32Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (count === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!;
  return sorted.subarray(0, count);
}

/** Position of the first address above `from` (-1 = the first of all) in an ascending array. */
export function firstAbove(addresses: Uint32Array, from: number): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
