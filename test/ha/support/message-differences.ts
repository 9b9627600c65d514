/** What differs between a message of Tandem and the same one of Kea, and which differences are known. */

/**
 * The differences of two JSON values, by path: `+a.b` stands only in ours, `-a.b` only in theirs, `~a.b` has another
 * value or type. Items of lists are compared one by one, under the path `a[]`.
 */
export function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) return [`~${path}`];
    return ours.flatMap((item, index) => differences(item, theirs[index], `${path}[]`));
  }
  if (!isMap(ours) || !isMap(theirs)) return Object.is(ours, theirs) ? [] : [`~${path}`];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].flatMap((name) => {
    const below = path === '' ? name : `${path}.${name}`;
    if (!Object.hasOwn(theirs, name)) return [`+${below}`];
    if (!Object.hasOwn(ours, name)) return [`-${below}`];
    return differences(ours[name], theirs[name], below);
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A message without arguments has empty ones: what an optional map holds is compared member by member. */
export function withArguments<T extends { readonly arguments?: unknown }>(message: T): T {
  return { ...message, arguments: message.arguments ?? {} };
}

export type KeaVersion = '2.2' | '3.3';

export interface KnownDifference {
  /** `COMMAND` for a request, `COMMAND, answer` for what it is answered, or a part of HTTP. */
  readonly message: string;
  readonly kea: readonly KeaVersion[];
  readonly difference: string;
  readonly why: string;
}

const SINCE_2_5 = 'as Kea since 2.5.5; 2.2 ignores it';
const SINCE_2_7 = 'as Kea since 2.7.5; 2.2 ignores it';
const SINCE_3 = 'as Kea 3; 2.2 ignores it';
const TANDEM = 'how another Tandem is recognised; Kea ignores it';
const SILENT =
  'nothing is under way any more: a Tandem need not wait before it relies on that; Kea ignores it';
const BOTH: readonly KeaVersion[] = ['2.2', '3.3'];
const OLD: readonly KeaVersion[] = ['2.2'];

// biome-ignore format: a table
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { message: 'ha-heartbeat',                    kea: OLD,  difference: '+arguments.server-name', why: SINCE_2_5 },
  { message: 'ha-heartbeat',                    kea: BOTH, difference: '+arguments.tandem',      why: TANDEM },
  { message: 'ha-heartbeat, answer',            kea: BOTH, difference: '+arguments.tandem',      why: TANDEM },
  { message: 'dhcp-disable',                    kea: OLD,  difference: '+arguments.origin-id',   why: SINCE_3 },
  { message: 'dhcp-disable, answer',            kea: BOTH, difference: '+arguments.silent',      why: SILENT },
  { message: 'dhcp-disable, answer',            kea: OLD,  difference: '~text',                  why: 'says DHCPv4 also to what was recorded with DHCPv6' },
  { message: 'ha-sync-complete-notify',         kea: OLD,  difference: '+arguments.server-name', why: SINCE_2_5 },
  { message: 'ha-sync-complete-notify',         kea: OLD,  difference: '+arguments.origin-id',   why: SINCE_3 },
  { message: 'ha-sync-complete-notify',         kea: OLD,  difference: '+arguments.origin',      why: SINCE_3 },
  { message: 'ha-maintenance-notify',           kea: OLD,  difference: '+arguments.server-name', why: SINCE_2_5 },
  { message: 'ha-maintenance-notify',           kea: OLD,  difference: '+arguments.state',       why: SINCE_2_7 },
  { message: 'ha-maintenance-notify, answer',   kea: OLD,  difference: '+arguments.state',       why: `${SINCE_2_7}; only to a cancellation` },
  { message: 'lease4-update',                   kea: OLD,  difference: '+arguments.origin',      why: SINCE_3 },
  { message: 'HTTP request',                    kea: OLD,  difference: '+connection',            why: 'says `keep-alive`, which is what HTTP/1.1 means without it' },
  { message: 'HTTP answer',                     kea: OLD,  difference: '+connection',            why: 'says `keep-alive`, which is what HTTP/1.1 means without it' },
  { message: 'HTTP answer',                     kea: OLD,  difference: '+keep-alive',            why: 'how long an idle connection is kept; Kea ignores it' },
];
