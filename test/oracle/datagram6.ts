/** Builds DHCPv6 datagrams for tests, well formed or not, octet by octet. */
import { MessageType, OptionCode } from '../../src/dhcp6/codes.ts';

/** The two octets of a 16-bit number. */
export function half(value: number): number[] {
  return [(value >>> 8) & 255, value & 255];
}

/** The four octets of a 32-bit number. */
export function word(value: number): number[] {
  return [...half(value >>> 16), ...half(value)];
}

/** The 16 octets of 2001:db8::`last`, or of another address that begins with `first`. */
export function address6(last: number, first: readonly number[] = [0x20, 1, 0x0d, 0xb8]): number[] {
  return [...first, ...new Array<number>(14 - first.length).fill(0), ...half(last)];
}

/** One option: code, length, payload. */
export function option6(code: number, payload: readonly number[] = []): number[] {
  return [...half(code), ...half(payload.length), ...payload];
}

export const DUID = [0, 1, 0, 1, 0x2a, 0x55, 0x12, 0x34, 2, 0, 0, 0, 0, 1];
export const SERVER_DUID = [0, 3, 0, 1, 2, 0, 0, 0, 0, 0xfe];
export const CLIENT_ID = option6(OptionCode.clientId, DUID);
export const SERVER_ID = option6(OptionCode.serverId, SERVER_DUID);

export interface IaParts {
  readonly code?: number;
  readonly iaid?: number;
  readonly t1?: number;
  readonly t2?: number;
  readonly options?: readonly number[];
}

export function iaOption(parts: IaParts = {}): number[] {
  const header = [...word(parts.iaid ?? 1), ...word(parts.t1 ?? 0), ...word(parts.t2 ?? 0)];
  return option6(parts.code ?? OptionCode.iaNa, [...header, ...(parts.options ?? [])]);
}

export function iaAddress(last: number, preferred = 0, valid = 0, options: readonly number[] = []): number[] {
  return option6(OptionCode.iaAddress, [...address6(last), ...word(preferred), ...word(valid), ...options]);
}

export function iaPrefix(
  prefix: readonly number[],
  length: number,
  preferred = 0,
  valid = 0,
  options: readonly number[] = [],
): number[] {
  return option6(OptionCode.iaPrefix, [...word(preferred), ...word(valid), length, ...prefix, ...options]);
}

/** A message from a client: SOLICIT with its identifier unless said otherwise. */
export function message6(
  type: number = MessageType.solicit,
  options: readonly number[] = CLIENT_ID,
  transactionId = 0x123456,
): number[] {
  return [type, transactionId >>> 16, ...half(transactionId), ...options];
}

export interface RelayParts {
  readonly type?: number;
  readonly hopCount?: number;
  readonly link?: readonly number[];
  readonly peer?: readonly number[];
  /** Before the relayed message, and behind it. */
  readonly options?: readonly number[];
  readonly after?: readonly number[];
}

/** What a relay makes of a message. */
export function relayed(inner: readonly number[], parts: RelayParts = {}): number[] {
  return [
    parts.type ?? MessageType.relayForward,
    parts.hopCount ?? 0,
    ...(parts.link ?? new Array(16).fill(0)),
    ...(parts.peer ?? address6(9, [0xfe, 0x80])),
    ...(parts.options ?? []),
    ...option6(OptionCode.relayMessage, inner),
    ...(parts.after ?? []),
  ];
}

/** What `levels` relays, one behind the other, make of a message; the hop count tells them apart. */
export function relayedTimes(inner: readonly number[], levels: number): number[] {
  let bytes = [...inner];
  for (let level = 0; level < levels; level++) bytes = relayed(bytes, { hopCount: level });
  return bytes;
}
