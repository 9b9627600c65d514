/** What simulated clients read from a server's answer, in the relay's message around it or not (RFC 8415 sections 9 and 21). */
import { formatHex } from '../../../src/base/hex.ts';
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import {
  IA_HEADER_BYTES,
  MessageType,
  OPTIONS_OFFSET,
  OptionCode,
  PEER_ADDRESS_OFFSET,
  RELAY_OPTIONS_OFFSET,
  StatusCode,
} from '../../../src/dhcp6/codes.ts';
import { type Option, optionsOf } from '../../engine/dhcp6/messages.ts';
import type { IaKind } from './identity-association.ts';

export interface OfferedLease {
  /** An address, or a prefix with its length. */
  readonly address: string;
  readonly preferredSec: number;
  readonly validSec: number;
}

export interface RepliedIa {
  readonly kind: IaKind;
  readonly iaid: number;
  readonly t1Sec: number;
  readonly t2Sec: number;
  /** A `StatusCode`. */
  readonly status: number;
  readonly leases: readonly OfferedLease[];
}

export interface Reply {
  /** Whom the relay is to pass it on to; null = there is none. */
  readonly peer: string | null;
  /** A `MessageType`. */
  readonly type: number;
  readonly transactionId: number;
  /** As lease files have it. */
  readonly clientId: string;
  readonly serverId: Uint8Array;
  /** Of the whole message. */
  readonly status: number;
  readonly isRapid: boolean;
  readonly ias: readonly RepliedIa[];
}

/** @throws Error where an option runs past the end, or one is missing that a server must send */
export function readReply(datagram: Uint8Array): Reply {
  let message = datagram;
  let peer: string | null = null;
  while (message[0] === MessageType.relayReply) {
    peer = formatIpv6(message, PEER_ADDRESS_OFFSET);
    message = dataOf(optionsOf(message.subarray(RELAY_OPTIONS_OFFSET)), OptionCode.relayMessage);
  }
  const options = optionsOf(message.subarray(OPTIONS_OFFSET));
  return {
    peer,
    type: message[0]!,
    transactionId: (message[1]! << 16) | (message[2]! << 8) | message[3]!,
    clientId: formatHex(dataOf(options, OptionCode.clientId)),
    serverId: dataOf(options, OptionCode.serverId),
    status: statusOf(options),
    isRapid: options.some(({ code }) => code === OptionCode.rapidCommit),
    ias: options
      .filter(({ code }) => code === OptionCode.iaNa || code === OptionCode.iaPd)
      .map(({ code, data }) => iaOf(code, data)),
  };
}

function dataOf(options: readonly Option[], wanted: number): Uint8Array {
  const option = options.find(({ code }) => code === wanted);
  if (option === undefined) throw new Error(`an answer without option ${wanted}`);
  return option.data;
}

function statusOf(options: readonly Option[]): number {
  const option = options.find(({ code }) => code === OptionCode.statusCode);
  return option === undefined ? StatusCode.success : viewOf(option.data).getUint16(0);
}

function iaOf(code: number, data: Uint8Array): RepliedIa {
  const view = viewOf(data);
  const inside = optionsOf(data.subarray(IA_HEADER_BYTES));
  return {
    kind: code === OptionCode.iaNa ? 'na' : 'pd',
    iaid: view.getUint32(0),
    t1Sec: view.getUint32(4),
    t2Sec: view.getUint32(8),
    status: statusOf(inside),
    leases: inside.flatMap((option) => leaseOf(option) ?? []),
  };
}

function leaseOf({ code, data }: Option): OfferedLease | null {
  const view = viewOf(data);
  if (code === OptionCode.iaAddress)
    return {
      address: formatIpv6(data),
      preferredSec: view.getUint32(16),
      validSec: view.getUint32(20),
    };
  if (code !== OptionCode.iaPrefix) return null;
  return {
    address: `${formatIpv6(data, 9)}/${data[8]}`,
    preferredSec: view.getUint32(0),
    validSec: view.getUint32(4),
  };
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}
