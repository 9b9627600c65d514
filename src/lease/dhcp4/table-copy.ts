/** Moves a whole lease table into other memory, because it has become too small. */
import { assert } from '../../base/assert.ts';
import { Control } from '../control.ts';
import { NO_SLOT } from '../hash-chain.ts';
import { type LeaseTableMemory, Row } from './layout.ts';
import type { ByteRange, LeaseRows } from './rows.ts';
import { LeaseTable } from './table.ts';

/**
 * Writes every row of a table into an empty one, with all that is known of it: also what is on offer, and which changes
 * are not known to be safe yet. Nobody may write to either meanwhile.
 * @returns false when the other table has no room for all of them
 */
export function copyLeaseTable(from: LeaseTableMemory, to: LeaseTableMemory): boolean {
  const source = new LeaseTable(from);
  const target = new LeaseTable(to);
  assert(target.highWater() === 0, 'rows are copied into an empty table');
  for (let slot = 0; slot < source.highWater(); slot++) {
    const address = source.rows.address(slot);
    if (address === 0) continue;
    const copy = target.insert(address);
    if (copy === NO_SLOT || !copyClient(source.rows, slot, target, copy)) return false;
    copyFields(source.rows, slot, target.rows, copy);
  }
  target.takeOrder(source);
  copyOffers(from, to);
  return true;
}

function copyClient(rows: LeaseRows, slot: number, target: LeaseTable, copy: number): boolean {
  const hw = { bytes: rows.bytes, offset: rows.hwOffset(slot), length: rows.hwLength(slot) };
  const range = (read: (slot: number, out: ByteRange) => void): ByteRange => {
    const out = { bytes: rows.bytes, offset: 0, length: 0 };
    read.call(rows, slot, out);
    return out;
  };
  return target.setClient(
    copy,
    rows.htype(slot),
    hw,
    range(rows.clientIdRange),
    range(rows.hostNameRange),
    range(rows.contextRange),
  );
}

function copyFields(rows: LeaseRows, slot: number, to: LeaseRows, copy: number): void {
  to.setState(copy, rows.state(slot));
  to.setFlags(copy, rows.flags(slot));
  to.setTimes(copy, rows.clttSec(slot), rows.validLifetimeSec(slot));
  to.setWord(copy, Row.subnetId, rows.subnetId(slot));
  to.setWord(copy, Row.poolId, rows.poolId(slot));
  to.setUnsettled(copy, rows.unsettledChange(slot));
}

/** The queue holds addresses, not rows: it is the same in both. */
function copyOffers(from: LeaseTableMemory, to: LeaseTableMemory): void {
  new Int32Array(to.offers).set(new Int32Array(from.offers));
  const source = new Int32Array(from.control);
  const target = new Int32Array(to.control);
  for (const word of [Control.offerHead, Control.offerTail]) target[word] = source[word]!;
}
