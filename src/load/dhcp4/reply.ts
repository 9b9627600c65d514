/** What the load client reads from a server's reply (RFC 2131 section 2); everything else in it is stepped over. */
import {
  BOOTREPLY,
  COOKIE_OFFSET,
  MAGIC_COOKIE,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  XID_OFFSET,
  YIADDR_OFFSET,
} from '../../dhcp4/codes.ts';

/** One reply; an object is reused for all of them. */
export interface ReplyFields {
  /** Option 53, 1..255. */
  messageType: number;
  xid: number;
  yiaddr: number;
  /** Option 54, 0 = absent. */
  serverIdentifier: number;
  /** Option 51 in seconds, 0 = absent. */
  leaseTimeSec: number;
}

/**
 * Reads a reply.
 * @param offset where the datagram begins in `bytes`
 * @param length its octets
 * @returns false, with `fields` of no use, when it is not a well-formed DHCP reply; never throws
 */
export function readReply(bytes: Uint8Array, offset: number, length: number, fields: ReplyFields): boolean {
  if (length < OPTIONS_OFFSET) return false;
  if (bytes[offset + OP_OFFSET] !== BOOTREPLY || readWord(bytes, offset + COOKIE_OFFSET) !== MAGIC_COOKIE)
    return false;
  fields.xid = readWord(bytes, offset + XID_OFFSET);
  fields.yiaddr = readWord(bytes, offset + YIADDR_OFFSET);
  fields.messageType = 0;
  fields.serverIdentifier = 0;
  fields.leaseTimeSec = 0;
  return readOptions(bytes, offset + OPTIONS_OFFSET, offset + length, fields) && fields.messageType !== 0;
}

function readOptions(bytes: Uint8Array, at: number, end: number, fields: ReplyFields): boolean {
  while (at < end) {
    const code = bytes[at]!;
    if (code === OptionCode.end) return true;
    if (code === OptionCode.pad) {
      at++;
      continue;
    }
    if (at + 2 > end) return false;
    const size = bytes[at + 1]!;
    const data = at + 2;
    if (data + size > end) return false;
    if (code === OptionCode.messageType && size === 1) fields.messageType = bytes[data]!;
    else if (code === OptionCode.serverIdentifier && size === 4)
      fields.serverIdentifier = readWord(bytes, data);
    else if (code === OptionCode.leaseTime && size === 4) fields.leaseTimeSec = readWord(bytes, data);
    at = data + size;
  }
  return true;
}

function readWord(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>>
    0
  );
}
