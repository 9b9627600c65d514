/** DHCPv4 datagrams for tests: built field by field, read back option by option. */
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType, OptionCode } from '../../src/dhcp4/codes.ts';

export interface PacketFields {
  readonly type?: number | null;
  readonly op?: number;
  readonly xid?: number;
  readonly secs?: number;
  readonly flags?: number;
  readonly hops?: number;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly mac?: string;
  readonly hlen?: number;
  readonly cookie?: number;
  /** Code -> payload; written in this order, after option 53. */
  readonly options?: readonly (readonly [number, Uint8Array | readonly number[]])[];
}

const hexBytes = (text: string): number[] => text.split(':').map((part) => Number.parseInt(part, 16));

/** Four octets of an address, for options. */
export function ip(text: string): number[] {
  const value = parseIpv4(text)!;
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function packet(fields: PacketFields): Uint8Array {
  const bytes: number[] = new Array(240).fill(0);
  const put = (at: number, values: readonly number[]): void => {
    values.forEach((value, i) => {
      bytes[at + i] = value;
    });
  };
  const mac = hexBytes(fields.mac ?? '02:00:00:00:00:01');
  const xid = fields.xid ?? 0x11223344;
  put(0, [fields.op ?? 1, 1, fields.hlen ?? mac.length, fields.hops ?? 1]);
  put(4, [xid >>> 24, (xid >>> 16) & 255, (xid >>> 8) & 255, xid & 255]);
  put(8, [
    (fields.secs ?? 0) >>> 8,
    (fields.secs ?? 0) & 255,
    (fields.flags ?? 0) >>> 8,
    (fields.flags ?? 0) & 255,
  ]);
  put(12, ip(fields.ciaddr ?? '0.0.0.0'));
  put(24, ip(fields.giaddr ?? '127.0.0.1'));
  put(28, mac);
  const cookie = fields.cookie ?? 0x63825363;
  put(236, [cookie >>> 24, (cookie >>> 16) & 255, (cookie >>> 8) & 255, cookie & 255]);
  if (fields.type !== null) bytes.push(53, 1, fields.type ?? MessageType.discover);
  for (const [code, data] of fields.options ?? []) bytes.push(code, data.length, ...data);
  bytes.push(255);
  return Uint8Array.from(bytes);
}

export interface Reply {
  readonly bytes: Uint8Array;
  /** 0 = an answer to BOOTP. */
  readonly type: number;
  readonly xid: number;
  readonly hops: number;
  readonly flags: number;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  readonly mac: string;
  readonly sname: string;
  readonly file: string;
  /** Codes in the order on the wire. */
  readonly codes: readonly number[];
  readonly options: ReadonlyMap<number, Uint8Array>;
  /** By code: the octets of each part. */
  readonly parts: ReadonlyMap<number, readonly number[]>;
}

export function readReply(bytes: Uint8Array): Reply {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const options = new Map<number, Uint8Array>();
  const parts = new Map<number, number[]>();
  const codes: number[] = [];
  for (let at = 240; bytes[at] !== OptionCode.end; ) {
    const code = bytes[at]!;
    const data = bytes.slice(at + 2, at + 2 + bytes[at + 1]!);
    codes.push(code);
    parts.set(code, [...(parts.get(code) ?? []), data.length]);
    options.set(code, Uint8Array.from([...(options.get(code) ?? []), ...data]));
    at += 2 + bytes[at + 1]!;
    if (at >= bytes.length) throw new Error('a reply without option 255');
  }
  const text = (from: number, length: number): string =>
    Buffer.from(bytes.slice(from, from + length))
      .toString()
      .replace(/\0+$/, '');
  return {
    bytes,
    type: options.get(53)?.[0] ?? 0,
    xid: view.getUint32(4),
    hops: bytes[3]!,
    flags: view.getUint16(10),
    ciaddr: formatIpv4(view.getUint32(12)),
    yiaddr: formatIpv4(view.getUint32(16)),
    siaddr: formatIpv4(view.getUint32(20)),
    giaddr: formatIpv4(view.getUint32(24)),
    mac: Buffer.from(bytes.slice(28, 34)).toString('hex'),
    sname: text(44, 64),
    file: text(108, 128),
    codes,
    options,
    parts,
  };
}

/** An option of four octets as a number. */
export function number32(reply: Reply, code: number): number | null {
  const data = reply.options.get(code);
  return data === undefined ? null : new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
}
