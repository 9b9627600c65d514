/**
 * What a reply must look like, octet by octet, built from the query and the few values that only the server knows. A
 * reply that has one octet more or another one is not ours: left-overs of an earlier reply, or of memory.
 * For a server without configured options or timers.
 */
import { DDNS_DEFAULTS } from '../../src/config/ddns-model.ts';
import { MessageType, OptionCode } from '../../src/dhcp4/codes.ts';
import { BOOTP_BYTES_MIN } from '../../src/dhcp4/reply-size.ts';
import { clientName } from '../oracle/client-name.ts';
import { number32, type Reply } from './packets.ts';

const HEADER_BYTES = 240;
/** Sub-option of option 82. */
const SERVER_OVERRIDE = 11;

/**
 * The options of a query, parts of one code put together; what stands behind option 255, or runs past the end, is none. Of
 * option 118 the first four octets count, and several of it do not.
 */
function optionsOf(query: Uint8Array): Map<number, number[]> {
  const options = new Map<number, number[]>();
  const counts = new Map<number, number>();
  for (let at = HEADER_BYTES; at < query.length && query[at] !== OptionCode.end; ) {
    const code = query[at]!;
    if (code === OptionCode.pad) {
      at += 1;
      continue;
    }
    const length = query[at + 1];
    if (length === undefined || at + 2 + length > query.length) break;
    options.set(code, [...(options.get(code) ?? []), ...query.subarray(at + 2, at + 2 + length)]);
    counts.set(code, (counts.get(code) ?? 0) + 1);
    at += 2 + length;
  }
  const selected = options.get(OptionCode.subnetSelection);
  if (selected !== undefined && selected.length > 4) {
    if (counts.get(OptionCode.subnetSelection) === 1) selected.length = 4;
    else options.delete(OptionCode.subnetSelection);
  }
  return options;
}

function encode(code: number, data: readonly number[]): number[] {
  const parts: number[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.slice(at, at + 255);
    parts.push(code, part.length, ...part);
  }
  return parts;
}

const NAMES = { ...DDNS_DEFAULTS, enableUpdates: false };

/** [RFC5107 4] Whether the relay asks for what stands in the reply's option 54. */
function isAskedFor(agent: readonly number[], serverId: readonly number[]): boolean {
  return agent.some(
    (code, at) =>
      code === SERVER_OVERRIDE &&
      agent[at + 1]! >= 4 &&
      serverId.every((octet, index) => octet === agent[at + 2 + index]),
  );
}

/** @param serverId octets of option 54; @param mask octets of option 1 */
export function expectedReply(
  query: Uint8Array,
  reply: Reply,
  serverId: readonly number[],
  mask: readonly number[],
): Uint8Array {
  const options = optionsOf(query);
  const isInform = options.get(OptionCode.messageType)![0] === MessageType.inform;
  const isNak = reply.type === MessageType.nak;
  const giaddr = [...query.subarray(24, 28)];
  const isRelayed = giaddr.some((octet) => octet !== 0) && giaddr.some((octet) => octet !== 255);
  const ciaddr = [...query.subarray(12, 16)];
  const hasAddress = ciaddr.some((octet) => octet !== 0);
  const isDirect = isInform && hasAddress && ciaddr.some((octet, at) => octet !== giaddr[at]);
  const header = new Uint8Array(HEADER_BYTES);
  header.set(query.subarray(0, 8));
  header[0] = 2;
  if (!isRelayed || isDirect) header[3] = 0;
  header.set(query.subarray(10, 12), 10);
  if ((isNak || (isInform && !hasAddress)) && isRelayed) header[10]! |= 0x80;
  if (reply.type === MessageType.ack) header.set(query.subarray(12, 16), 12);
  if (!isNak && !isInform) header.set(reply.bytes.subarray(16, 20), 16);
  if (!isDirect) header.set(giaddr, 24);
  header.set(query.subarray(28, 44), 28);
  header.set([0x63, 0x82, 0x53, 0x63], 236);

  const told = [...(reply.options.get(OptionCode.serverIdentifier) ?? [])];
  const isOverridden = isAskedFor(options.get(OptionCode.relayAgentInformation) ?? [], told);
  const echo = (code: number): number[] => encode(code, options.get(code) ?? []);
  const hasLease = !isNak && !isInform;
  const name = hasLease ? clientName(options, NAMES, reply.yiaddr) : null;
  const seconds = number32(reply, OptionCode.leaseTime) ?? 0;
  const leaseTime = [seconds >>> 24, (seconds >>> 16) & 255, (seconds >>> 8) & 255, seconds & 255];
  const octets = [
    ...header,
    ...encode(OptionCode.messageType, [reply.type]),
    ...(hasLease ? encode(OptionCode.subnetMask, mask) : []),
    ...encode(OptionCode.hostName, [...Buffer.from(name?.hostName ?? '', 'latin1')]),
    ...(hasLease ? encode(OptionCode.leaseTime, leaseTime) : []),
    ...encode(OptionCode.serverIdentifier, isOverridden ? told : serverId),
    ...echo(OptionCode.clientIdentifier),
    ...encode(OptionCode.fqdn, name?.fqdn ?? []),
    ...echo(OptionCode.subnetSelection),
    ...(isDirect ? [] : echo(OptionCode.relayAgentInformation)),
    OptionCode.end,
  ];
  return Uint8Array.from([...octets, ...new Array(Math.max(0, BOOTP_BYTES_MIN - octets.length)).fill(0)]);
}
