/** A lease that is extended has the hardware address that its client is known by now, as in Kea. */
import { emptyRange, equalRanges } from '../../../base/byte-range.ts';
import type { Context6 } from '../context.ts';

const former = emptyRange();

/** Whether the query extends the lease of a row, and its client is known by another hardware address now, or by none. */
export function hasNewHardware({ book, hardware, query }: Context6, slot: number): boolean {
  if (!query.isExtension) return false;
  const { rows } = book.table;
  rows.hwRange(slot, former);
  if (!equalRanges(former, hardware.address)) return true;
  if (former.length === 0) return false;
  return rows.hwType(slot) !== hardware.type || rows.hwSource(slot) !== hardware.source;
}

/** Writes it into the row. Where there is no memory for a long one the former address stays: the lease is the client's all the same. */
export function keepHardware(context: Context6, slot: number): void {
  if (!hasNewHardware(context, slot)) return;
  const { address, type, source } = context.hardware;
  context.book.table.setHardware(slot, address, type, source);
}
