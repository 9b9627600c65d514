/** Frames of the DHCP client's port, built header by header, with whatever is wrong with them. */
import { ip } from '../engine/packets.ts';

export interface FrameFields {
  readonly source?: string;
  readonly destination?: string;
  /** Hardware addresses. */
  readonly from?: string;
  readonly to?: string;
  readonly sourcePort?: number;
  readonly port?: number;
  readonly version?: number;
  /** 32-bit words of the IPv4 header. */
  readonly headerWords?: number;
  /** Octets behind the first twenty of the IPv4 header. */
  readonly ipOptions?: readonly number[];
  readonly totalLength?: number;
  /** Flags and fragment offset. */
  readonly fragment?: number;
  readonly ipChecksum?: number;
  readonly udpLength?: number;
  readonly udpChecksum?: number;
  /** 802.1Q tag control. */
  readonly vlan?: number;
  /** Behind everything. */
  readonly padding?: readonly number[];
  /** Octets of the frame that are sent. */
  readonly cutTo?: number;
}

const hex = (text: string): number[] => text.split(':').map((part) => Number.parseInt(part, 16));
const pair = (value: number): number[] => [(value >>> 8) & 255, value & 255];

/** The frame of a DHCP message. */
export function frameOf(payload: Uint8Array, fields: FrameFields = {}): Uint8Array {
  const source = ip(fields.source ?? '0.0.0.0');
  const destination = ip(fields.destination ?? '255.255.255.255');
  const udpLength = fields.udpLength ?? payload.length + 8;
  const udp = [...pair(fields.sourcePort ?? 68), ...pair(fields.port ?? 67), ...pair(udpLength), 0, 0];
  const pseudo = [...source, ...destination, 0, 17, ...pair(payload.length + 8)];
  udp.splice(6, 2, ...pair(fields.udpChecksum ?? checksum([...pseudo, ...udp, ...payload])));
  const options = fields.ipOptions ?? [];
  const words = fields.headerWords ?? 5 + options.length / 4;
  const total = fields.totalLength ?? 20 + options.length + 8 + payload.length;
  const header = [
    ((fields.version ?? 4) << 4) | words,
    0,
    ...pair(total),
    ...pair(1),
    ...pair(fields.fragment ?? 0),
    64,
    17,
    0,
    0,
    ...source,
    ...destination,
    ...options,
  ];
  header.splice(10, 2, ...pair(fields.ipChecksum ?? checksum(header)));
  const tag = fields.vlan === undefined ? [] : [0x81, 0, ...pair(fields.vlan)];
  const link = [...hex(fields.to ?? 'ff:ff:ff:ff:ff:ff'), ...hex(fields.from ?? '0a:00:00:00:00:02')];
  const frame = [...link, ...tag, 8, 0, ...header, ...udp, ...payload, ...(fields.padding ?? [])];
  return Uint8Array.from(frame.slice(0, fields.cutTo ?? frame.length));
}

/** [RFC1071] */
export function checksum(octets: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += (octets[i]! << 8) | (octets[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface ReadFrame {
  readonly to: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly port: number;
  readonly typeOfService: number;
  readonly timeToLive: number;
  readonly fragment: number;
  /** Both sums are right. */
  readonly isSummed: boolean;
  readonly payload: Uint8Array;
}

/** Reads an unfragmented IPv4 frame with a UDP datagram. */
export function readFrame(frame: Uint8Array): ReadFrame {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const header = [...frame.subarray(14, 34)];
  const udpLength = view.getUint16(38);
  const datagram = [...frame.subarray(34, 34 + udpLength)];
  const pseudo = [...header.slice(12, 20), 0, 17, ...pair(udpLength)];
  return {
    to: Buffer.from(frame.subarray(0, 6)).toString('hex'),
    source: header.slice(12, 16).join('.'),
    destination: header.slice(16, 20).join('.'),
    sourcePort: view.getUint16(34),
    port: view.getUint16(36),
    typeOfService: header[1]!,
    timeToLive: header[8]!,
    fragment: view.getUint16(20),
    isSummed: checksum(header) === 0 && checksum([...pseudo, ...datagram]) === 0,
    payload: frame.subarray(42, 34 + udpLength),
  };
}
