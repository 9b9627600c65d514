/** DHCPv6 messages as a client and its relays make them, and as they read them. */
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ip6, prefix6 } from './config.ts';

export const SERVER_ID = Uint8Array.of(0, 3, 0, 1, 2, 0, 0, 0, 0, 1);

type Octets = readonly number[];

/** DUID-LLT of client `number`. */
export function duid(number: number): Uint8Array {
  return Uint8Array.of(0, 1, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, number >>> 8, number & 255);
}

export function word(value: number): Octets {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** An option. */
export function opt(code: number, data: Octets | Uint8Array = []): Octets {
  return [code >>> 8, code & 255, data.length >>> 8, data.length & 255, ...data];
}

/** IAADDR. */
export function iaAddress(address: string, preferredSec = 0, validSec = 0): Octets {
  return opt(OptionCode.iaAddress, [...ip6(address), ...word(preferredSec), ...word(validSec)]);
}

/** IAPREFIX. */
export function iaPrefix(text: string, preferredSec = 0, validSec = 0): Octets {
  const { prefix, prefixLength } = prefix6(text);
  return opt(OptionCode.iaPrefix, [...word(preferredSec), ...word(validSec), prefixLength, ...prefix]);
}

export function iaNa(iaid: number, ...addresses: Octets[]): Octets {
  return opt(OptionCode.iaNa, [...word(iaid), ...word(0), ...word(0), ...addresses.flat()]);
}

export function iaPd(iaid: number, ...prefixes: Octets[]): Octets {
  return opt(OptionCode.iaPd, [...word(iaid), ...word(0), ...word(0), ...prefixes.flat()]);
}

/** What a client asks for. */
export function oro(...codes: number[]): Octets {
  return opt(
    OptionCode.optionRequest,
    codes.flatMap((code) => [code >>> 8, code & 255]),
  );
}

const FOR_ONE_SERVER: readonly number[] = [
  MessageType.request,
  MessageType.renew,
  MessageType.release,
  MessageType.decline,
];

/** A message of a client, with its DUID, and with that of the server where it needs it. */
export function message(type: number, client: number | Uint8Array, ...options: Octets[]): Uint8Array {
  const id = typeof client === 'number' ? duid(client) : client;
  const server = FOR_ONE_SERVER.includes(type) ? opt(OptionCode.serverId, SERVER_ID) : [];
  return Uint8Array.from([
    type,
    0xab,
    0xcd,
    0xef,
    ...opt(OptionCode.clientId, id),
    ...server,
    ...options.flat(),
  ]);
}

/** A relay's message around another. */
export function relayed(inner: Uint8Array, link: string, peer: string, ...options: Octets[]): Uint8Array {
  const header = [MessageType.relayForward, 0, ...ip6(link), ...ip6(peer)];
  return Uint8Array.from([...header, ...options.flat(), ...opt(OptionCode.relayMessage, inner)]);
}

/** What a reply says, in words: options in their order, "code=hex", and identity associations by their parts. */
export interface Reply6 {
  readonly bytes: Uint8Array;
  /** Types of the relays' messages around it. */
  readonly relays: number;
  readonly type: number;
  readonly transactionId: number;
  readonly options: readonly string[];
}

/** Reads a reply; throws where it is no message, or has an option that runs past its end. */
export function readReply6(bytes: Uint8Array): Reply6 {
  let inner = bytes;
  let relays = 0;
  for (; inner[0] === MessageType.relayReply; relays++) {
    const options = optionsOf(inner.subarray(34));
    inner = options.find(({ code }) => code === OptionCode.relayMessage)!.data;
  }
  return {
    bytes,
    relays,
    type: inner[0]!,
    transactionId: (inner[1]! << 16) | (inner[2]! << 8) | inner[3]!,
    options: optionsOf(inner.subarray(4)).map(textOf),
  };
}

export interface Option {
  readonly code: number;
  readonly data: Uint8Array;
}

/** The options of a message or of another option, in their order. @throws Error when one runs past the end */
export function optionsOf(bytes: Uint8Array): Option[] {
  const options: Option[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (at + 4 + length > bytes.length) throw new Error('an option runs past the end');
    options.push({ code: (bytes[at]! << 8) | bytes[at + 1]!, data: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return options;
}

function textOf({ code, data }: Option): string {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  switch (code) {
    case OptionCode.iaNa:
    case OptionCode.iaPd: {
      const inside = optionsOf(data.subarray(12)).map(textOf).join(' ');
      const name = code === OptionCode.iaNa ? 'na' : 'pd';
      return `${name} ${view.getUint32(0)} ${view.getUint32(4)}/${view.getUint32(8)} [${inside}]`;
    }
    case OptionCode.iaAddress:
      return `${formatIpv6(data.subarray(0, 16))} ${view.getUint32(16)}/${view.getUint32(20)}`;
    case OptionCode.iaPrefix: {
      const excluded = optionsOf(data.subarray(25)).map((each) => ` (${textOf(each)})`);
      const prefix = `${formatIpv6(data.subarray(9, 25))}/${data[8]}`;
      return `${prefix} ${view.getUint32(0)}/${view.getUint32(4)}${excluded.join('')}`;
    }
    case OptionCode.statusCode:
      return `status ${view.getUint16(0)}`;
    default:
      return `${code}=${Buffer.from(data).toString('hex')}`;
  }
}

/** The parts of a reply that are not the identifiers of client and server. */
export function partsOf({ options }: Reply6): readonly string[] {
  return options.filter((option) => !option.startsWith('1=') && !option.startsWith('2='));
}
