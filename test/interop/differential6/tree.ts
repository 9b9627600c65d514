/** A reply as lines of text, whole: what is in relays' messages, in identity associations and in their parts, in its order. */
import { formatIpv6 } from '../../../src/base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { type Option, optionsOf } from '../../engine/dhcp6/messages.ts';

/** What an association was given, by its kind and number. */
export type Told = Map<string, string[]>;

const RELAY_HEADER_BYTES = 34;
const HEADER_BYTES = 4;
const IA_HEADER_BYTES = 12;
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The message that the relays' messages are around. */
export function innermost(reply: Uint8Array): Uint8Array {
  if (reply[0] !== MessageType.relayReply) return reply;
  const options = optionsOf(reply.subarray(RELAY_HEADER_BYTES));
  return innermost(options.find(({ code }) => code === OptionCode.relayMessage)!.data);
}

/** A line for each field and option, those inside indented; null = silence. */
export function treeOf(reply: Uint8Array | null): string[] {
  if (reply === null) return ['silence'];
  if (reply[0] !== MessageType.relayReply)
    return [`type ${reply[0]}`, ...optionsOf(reply.subarray(HEADER_BYTES)).flatMap(linesOf)];
  const [link, peer] = [reply.subarray(2, 18), reply.subarray(18, 34)].map((each) => formatIpv6(each));
  return [
    `relay ${reply[1]} ${link} ${peer}`,
    ...optionsOf(reply.subarray(RELAY_HEADER_BYTES)).flatMap((option) =>
      option.code === OptionCode.relayMessage ? indented(treeOf(option.data)) : linesOf(option),
    ),
  ];
}

/** What the associations of a message have been given: what has a lifetime. */
export function toldOf(message: Uint8Array): Told {
  const told: Told = new Map();
  for (const { code, data } of optionsOf(message.subarray(HEADER_BYTES))) {
    if (code !== OptionCode.iaNa && code !== OptionCode.iaPd) continue;
    const parts = optionsOf(data.subarray(IA_HEADER_BYTES));
    const kind = code === OptionCode.iaNa ? 'na' : 'pd';
    const live = parts.filter((part) => isPart(part) && lifetimesOf(part)[1] > 0);
    told.set(`${kind} ${viewOf(data).getUint32(0)}`, live.map(nameOf));
  }
  return told;
}

function linesOf({ code, data }: Option): string[] {
  const view = viewOf(data);
  switch (code) {
    case OptionCode.iaNa:
    case OptionCode.iaPd: {
      const kind = code === OptionCode.iaNa ? 'na' : 'pd';
      const [iaid, t1, t2] = [0, 4, 8].map((at) => view.getUint32(at));
      const inside = optionsOf(data.subarray(IA_HEADER_BYTES)).flatMap(linesOf);
      return [`${kind} ${iaid} t1 ${t1} t2 ${t2}`, ...indented(inside)];
    }
    case OptionCode.iaAddress:
    case OptionCode.iaPrefix: {
      const [preferred, valid] = lifetimesOf({ code, data });
      const inside = optionsOf(data.subarray(code === OptionCode.iaAddress ? 24 : 25)).flatMap(linesOf);
      return [`${nameOf({ code, data })} preferred ${preferred} valid ${valid}`, ...indented(inside)];
    }
    case OptionCode.statusCode:
      return [`status ${view.getUint16(0)}`];
    default:
      return [`${code} = ${hex(data)}`];
  }
}

function isPart({ code }: Option): boolean {
  return code === OptionCode.iaAddress || code === OptionCode.iaPrefix;
}

function nameOf({ code, data }: Option): string {
  if (code === OptionCode.iaAddress) return formatIpv6(data.subarray(0, 16));
  return `${formatIpv6(data.subarray(9, 25))}/${data[8]}`;
}

function lifetimesOf({ code, data }: Option): [preferredSec: number, validSec: number] {
  const at = code === OptionCode.iaAddress ? 16 : 0;
  return [viewOf(data).getUint32(at), viewOf(data).getUint32(at + 4)];
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.length);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
