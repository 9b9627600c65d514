/** Whether what a reply grants is still so. */
import { readNetworkWord } from '../../base/big-endian.ts';
import { CHADDR_OFFSET, YIADDR_OFFSET } from '../../dhcp4/codes.ts';
import type { LeaseRows } from '../../lease/dhcp4/rows.ts';
import { LeaseState } from '../../lease/state.ts';
import type { ReplySlots } from '../reply/reply-slots.ts';

/**
 * Whether the address in the reply of a slot is leased to whom the reply is for, on whatever terms. Under the table's lock.
 * @param slots with the row of each reply
 */
export function isGranted(
  { bytes, rows: rowOf, slotBytes }: ReplySlots,
  rows: LeaseRows,
  slot: number,
): boolean {
  const row = rowOf[slot]!;
  const reply = slot * slotBytes;
  return (
    rows.state(row) === LeaseState.assigned &&
    rows.address(row) === readNetworkWord(bytes, reply + YIADDR_OFFSET) &&
    isHardwareOf(rows, row, bytes, reply + CHADDR_OFFSET)
  );
}

function isHardwareOf(rows: LeaseRows, row: number, bytes: Uint8Array, at: number): boolean {
  const from = rows.hwOffset(row);
  for (let i = 0; i < rows.hwLength(row); i++) if (rows.bytes[from + i] !== bytes[at + i]) return false;
  return true;
}
