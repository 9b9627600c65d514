/** Builds DHCPv4 datagrams for tests, well formed or not, octet by octet. */
import {
  BOOTREQUEST,
  CHADDR_OFFSET,
  CIADDR_OFFSET,
  COOKIE_OFFSET,
  FLAGS_OFFSET,
  GIADDR_OFFSET,
  HLEN_OFFSET,
  HTYPE_OFFSET,
  MAGIC_COOKIE,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  SECS_OFFSET,
  XID_OFFSET,
} from '../../src/dhcp4/codes.ts';

export interface DatagramParts {
  readonly op?: number;
  readonly htype?: number;
  readonly hlen?: number;
  readonly xid?: number;
  readonly secs?: number;
  readonly flags?: number;
  readonly ciaddr?: number;
  readonly giaddr?: number;
  /** At most 16 octets. */
  readonly chaddr?: readonly number[];
  readonly cookie?: number;
  /** Everything behind the magic cookie, as it is. */
  readonly options?: readonly number[];
}

/** One option: code, length, payload. */
export function option(code: number, payload: readonly number[] = []): number[] {
  return [code, payload.length, ...payload];
}

export const DISCOVER = option(OptionCode.messageType, [MessageType.discover]);
export const END = [OptionCode.end];

/** A DISCOVER from 02:00:00:00:00:01 unless `parts` say otherwise. */
export function datagram4(parts: DatagramParts = {}): Uint8Array {
  const options = parts.options ?? [...DISCOVER, ...END];
  const bytes = new Uint8Array(OPTIONS_OFFSET + options.length);
  const view = new DataView(bytes.buffer);
  bytes[OP_OFFSET] = parts.op ?? BOOTREQUEST;
  bytes[HTYPE_OFFSET] = parts.htype ?? 1;
  bytes[HLEN_OFFSET] = parts.hlen ?? 6;
  view.setUint32(XID_OFFSET, parts.xid ?? 0x12345678);
  view.setUint16(SECS_OFFSET, parts.secs ?? 0);
  view.setUint16(FLAGS_OFFSET, parts.flags ?? 0);
  view.setUint32(CIADDR_OFFSET, parts.ciaddr ?? 0);
  view.setUint32(GIADDR_OFFSET, parts.giaddr ?? 0);
  bytes.set(parts.chaddr ?? [2, 0, 0, 0, 0, 1], CHADDR_OFFSET);
  view.setUint32(COOKIE_OFFSET, parts.cookie ?? MAGIC_COOKIE);
  bytes.set(options, OPTIONS_OFFSET);
  return bytes;
}
