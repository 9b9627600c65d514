/** Writes the client of the query into a row: identity, host name, place, times. */

import { Field } from '../dhcp4/descriptor.ts';
import { emptyRange } from '../lease/book.ts';
import { RowFlag } from '../lease/layout.ts';
import type { ByteRange } from '../lease/rows.ts';
import type { CompiledSubnet } from './compiled.ts';
import type { Context } from './context.ts';

const NOTHING = emptyRange();
const range = emptyRange();
/** A user context is copied here while its row is rewritten; 64 KiB is the most that a row can hold. */
const keptContext: ByteRange = { bytes: new Uint8Array(65_536), offset: 0, length: 0 };

/** Whether row and query agree on identity and host name, so that only the times change. */
export function isClientUnchanged(context: Context, slot: number): boolean {
  const { table } = context.book;
  const { hw, clientId, hostName } = context.query;
  if (!table.hasHw(slot, hw.bytes, hw.offset, hw.length)) return false;
  if (!table.hasClientId(slot, clientId.bytes, clientId.offset, clientId.length)) return false;
  table.rows.hostNameRange(slot, range);
  if (range.length !== hostName.length) return false;
  for (let i = 0; i < range.length; i++)
    if (range.bytes[range.offset + i] !== hostName.bytes[i]) return false;
  return true;
}

/**
 * Writes the client into a row.
 * @param isSameClient keeps the row's user context
 * @returns false when there is no memory for the identifiers; then the row has no client
 */
export function writeClient(context: Context, slot: number, isSameClient: boolean): boolean {
  if (isClientUnchanged(context, slot)) return true;
  const { table } = context.book;
  const { query } = context;
  keptContext.length = 0;
  if (isSameClient) {
    table.rows.contextRange(slot, range);
    for (let i = 0; i < range.length; i++) keptContext.bytes[i] = range.bytes[range.offset + i]!;
    keptContext.length = range.length;
  }
  return table.setClient(
    slot,
    query.field(Field.htype),
    query.hw,
    query.clientId,
    query.hostName,
    keptContext,
  );
}

/** Takes the client out of a row, as for a declined address. */
export function eraseClient(context: Context, slot: number): void {
  context.book.table.setClient(slot, 0, NOTHING, NOTHING, NOTHING, NOTHING);
  context.book.table.rows.setFlags(slot, 0);
}

/** Sets state, place and times of a row. */
export function writeTerms(
  context: Context,
  slot: number,
  subnet: CompiledSubnet,
  state: number,
  validLifetimeSec: number,
): void {
  const { book, nowSec } = context;
  const { rows } = book.table;
  const address = rows.address(slot);
  let poolId = 0;
  for (const pool of subnet.pools) if (address >= pool.first && address <= pool.last) poolId = pool.poolId;
  rows.setState(slot, state);
  rows.setFlags(slot, RowFlag.granted);
  rows.setTimes(slot, nowSec, validLifetimeSec);
  book.setPlace(slot, subnet.config.id, poolId);
}
