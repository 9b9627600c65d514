/**
 * The options of a reply, out of the scopes that apply to it: the first scope that has an option wins, as in Kea. Done once
 * for each combination of scopes and classes, see reply-plans.ts.
 */
import type { OptionConfig } from '../../config/model.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import { encodedLength, OPTION_PART_BYTES } from '../../dhcp4/reply-size.ts';
import type { OptionScope } from './option-scopes.ts';
import { type Winner, winners } from './option-winners.ts';

/** One configured option with its complete encoding: one TLV, or several when it is longer than 255 octets. */
export interface CompiledOption {
  readonly code: number;
  readonly encoded: Uint8Array;
  /** Sent without being asked for: always-send, and routers, DNS servers, domain name as Kea does. */
  readonly unasked: boolean;
}

/** What is configured for one enterprise: sub-options of option 125, for clients that name it (RFC 3925). */
export interface CompiledVendor {
  readonly enterprise: number;
  /** Ascending by code. */
  readonly parts: readonly CompiledOption[];
  /** Option 125 of this enterprise is itself configured: it needs no client that names the enterprise. */
  readonly container: 'none' | 'asked' | 'unasked';
}

export interface MergedOptions {
  /** Ascending by code, never-send left out. */
  readonly options: readonly CompiledOption[];
  /** Option 82, the last one of a reply. */
  readonly agent: CompiledOption | null;
  /** Ascending by enterprise. */
  readonly vendors: readonly CompiledVendor[];
}

/** In every reply, whatever the configuration says about them. All others that a reply has already win as well. */
const SERVER_MADE: ReadonlySet<number> = new Set([OptionCode.messageType, OptionCode.serverIdentifier]);

const SENT_UNASKED: ReadonlySet<number> = new Set([
  OptionCode.routers,
  OptionCode.domainNameServers,
  OptionCode.domainName,
]);

/** The same for all replies without any. */
const NO_VENDORS: readonly CompiledVendor[] = [];

/** Number and length of an enterprise in option 124 and 125 (RFC 3925 sections 3 and 4). */
const ENTERPRISE_BYTES = 4;

/** RFC 3396: an option above 255 octets goes into consecutive TLVs of the same code. */
export function encodeOption({
  code,
  data,
  parts,
}: Pick<OptionConfig, 'code' | 'data' | 'parts'>): Uint8Array {
  const encoded = new Uint8Array(encodedLength(data.length, parts));
  let at = 0;
  let done = 0;
  for (let part = 0; at < encoded.length; part++) {
    const chunk = data.subarray(done, done + (parts?.[part] ?? OPTION_PART_BYTES));
    done += chunk.length;
    encoded[at] = code;
    encoded[at + 1] = chunk.length;
    encoded.set(chunk, at + 2);
    at += chunk.length + 2;
  }
  return encoded;
}

const encodings = new WeakMap<OptionConfig, Uint8Array>();

/** The encoding of a configured option, which all replies share. */
function encodingOf(option: OptionConfig): Uint8Array {
  let encoded = encodings.get(option);
  if (encoded === undefined) {
    encoded = encodeOption(option);
    encodings.set(option, encoded);
  }
  return encoded;
}

/** Options of one key exclude each other: 124 and 125 may be configured for several enterprises. */
export function keyOfOption({ code, data }: OptionConfig): number {
  const isOfEnterprise = code === OptionCode.vendorClasses || code === OptionCode.vendorOptions;
  return code * 2 ** 32 + (isOfEnterprise ? enterpriseOf(data) : 0);
}

function enterpriseOf(data: Uint8Array): number {
  if (data.length < ENTERPRISE_BYTES) return 0;
  return new DataView(data.buffer, data.byteOffset, ENTERPRISE_BYTES).getUint32(0);
}

/**
 * Merges scopes and encodes the outcome.
 * @param scopes from the innermost to the outermost
 * @param isMember whether the reply is for a member of a class
 */
export function mergeScopes(
  scopes: readonly OptionScope[],
  isMember: (className: string) => boolean,
): MergedOptions {
  const all = winners(
    scopes.map(({ options }) => options),
    isMember,
    keyOfOption,
  );
  const options: CompiledOption[] = [];
  let agent: CompiledOption | null = null;
  const containers = new Map<number, Winner>();
  for (const winner of all.values()) {
    const { code, data } = winner.option;
    if (SERVER_MADE.has(code)) continue;
    if (code === OptionCode.vendorOptions) containers.set(enterpriseOf(data), winner);
    else if (code === OptionCode.relayAgentInformation) agent = compile(winner);
    else options.push(compile(winner));
  }
  return { options, agent, vendors: mergeVendors(scopes, isMember, containers) };
}

function compile({ option, always }: Winner): CompiledOption {
  const { code } = option;
  return { code, encoded: encodingOf(option), unasked: always || SENT_UNASKED.has(code) };
}

/** @param containers the winning options 125 by enterprise */
function mergeVendors(
  scopes: readonly OptionScope[],
  isMember: (className: string) => boolean,
  containers: ReadonlyMap<number, Winner>,
): readonly CompiledVendor[] {
  const enterprises = new Set(containers.keys());
  for (const { vendorOptions } of scopes)
    for (const { enterprise } of vendorOptions) enterprises.add(enterprise);
  if (enterprises.size === 0) return NO_VENDORS;
  return [...enterprises]
    .sort((a, b) => a - b)
    .map((enterprise) => {
      const mine = scopes.map((scope) =>
        scope.vendorOptions.filter((option) => option.enterprise === enterprise),
      );
      const parts = winners(mine, isMember, ({ code }) => code);
      const container = containers.get(enterprise);
      const compiled = new Map([...parts].map(([code, winner]) => [code, compilePart(winner)]));
      for (const part of container === undefined ? [] : partsOf(container.option.data))
        compiled.set(part.code, part);
      return {
        enterprise,
        parts: [...compiled.values()].filter(isPart).sort((a, b) => a.code - b.code),
        container: container === undefined ? 'none' : container.always ? 'unasked' : 'asked',
      };
    });
}

/** A sub-option goes without RFC 3396, and always-send alone sends it unasked. */
function compilePart({ option, always }: Winner): CompiledOption {
  return { code: option.code, encoded: encodingOf(option), unasked: always };
}

/** What does not fit behind one length octet is none. */
function isPart({ encoded }: CompiledOption): boolean {
  return encoded.length <= OPTION_PART_BYTES;
}

/** The sub-options that stand in the data of a configured option 125 itself: they are in it whenever it is sent. */
function partsOf(data: Uint8Array): CompiledOption[] {
  const parts: CompiledOption[] = [];
  for (let at = ENTERPRISE_BYTES + 1; at + 1 < data.length; ) {
    const end = at + 2 + data[at + 1]!;
    if (end > data.length) break;
    parts.push({ code: data[at]!, encoded: data.slice(at, end), unasked: true });
    at = end;
  }
  return parts;
}
