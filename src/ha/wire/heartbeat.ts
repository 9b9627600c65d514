/** The heartbeat on the wire: what is asked, what is answered, what is made of the partner's answer. */
import type { PeerAnswer } from '../../peer/model.ts';
import { bad, isMap, type JsonMap, member, ok, type Read } from '../commands/arguments.ts';
import { type HeartbeatReport, type MachineState, readPartnerState } from '../machine/model.ts';

/** How another Tandem is recognised; Kea ignores the member in both directions. */
export interface TandemMember {
  readonly version: string;
  /** After a synchronization it sends the other server what only it has: nobody needs to fetch that. */
  readonly 'gives-back': true;
  /** Versions of the lease stream that it takes now. */
  readonly stream: readonly number[];
}

/** What this server says of itself. @param version of the program; @param stream versions of the lease stream */
export function tandemMember(version: string, stream: readonly number[]): TandemMember {
  return { version, 'gives-back': true, stream };
}

export interface HeartbeatReply extends HeartbeatReport {
  readonly isTandem: boolean;
  /** Versions of the lease stream that the partner takes. */
  readonly stream: readonly number[];
}

export function heartbeatArguments(serverName: string, tandem: TandemMember): object {
  return { 'server-name': serverName, tandem };
}

/** @param wallMs milliseconds since 1970, the clock that the partner compares with its own */
export function heartbeatReplyArguments(state: MachineState, wallMs: number, tandem: TandemMember): object {
  return {
    state: state.name,
    'date-time': new Date(wallMs).toUTCString(),
    scopes: state.scopes,
    'unsent-update-count': Number(state.unsentUpdates),
    tandem,
  };
}

/** Whether the answer to a heartbeat shows a Tandem. */
function showsTandem(args: JsonMap): boolean {
  const tandem = member(args, 'tandem');
  return isMap(tandem) && typeof member(tandem, 'version') === 'string';
}

function givesBack(args: JsonMap): boolean {
  const tandem = member(args, 'tandem');
  return isMap(tandem) && member(tandem, 'gives-back') === true;
}

/** More versions than this are not believed. */
const VERSIONS_MAX = 64;

/** What is not a list of whole numbers is no offer. */
export function streamVersions(args: JsonMap): readonly number[] {
  const tandem = member(args, 'tandem');
  const versions = isMap(tandem) ? member(tandem, 'stream') : [];
  if (!Array.isArray(versions) || versions.length > VERSIONS_MAX) return [];
  return versions.every((version) => Number.isInteger(version)) ? versions : [];
}

/** The same of an answer, whatever it is. */
export function streamVersionsOf(answer: PeerAnswer): readonly number[] {
  return answer.kind === 'answer' && isMap(answer.arguments) ? streamVersions(answer.arguments) : [];
}

/** Reads the answer to a heartbeat; an error text says what makes it worthless. */
export function readHeartbeat(answer: PeerAnswer): Read<HeartbeatReply> {
  if (answer.kind === 'failed') return bad(answer.reason);
  if (answer.result !== 0 && answer.result !== 3) return bad(`result ${answer.result}: ${answer.text}`);
  const args = answer.arguments;
  if (!isMap(args)) return bad("the reply's arguments are not a map");
  const name = member(args, 'state');
  const state = typeof name === 'string' ? readPartnerState(name) : null;
  if (state === null) return bad("the reply has no valid 'state'");
  const time = member(args, 'date-time');
  const timeSec = typeof time === 'string' ? parseRfc1123(time) : null;
  if (timeSec === null) return bad("the reply has no valid 'date-time'");
  const unsent = member(args, 'unsent-update-count');
  if (unsent !== undefined && !Number.isInteger(unsent))
    return bad("'unsent-update-count' is not an integer");
  return ok({
    state,
    timeSec,
    scopes: readScopes(member(args, 'scopes')),
    unsentUpdates: typeof unsent === 'number' ? unsent : null,
    isTandem: showsTandem(args),
    givesBack: givesBack(args),
    stream: streamVersions(args),
  });
}

/** More scopes than this are not believed: a relationship has two. */
const SCOPES_MAX = 64;

function readScopes(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length > SCOPES_MAX) return null;
  if (!value.every((name) => typeof name === 'string')) return null;
  return value.filter((name) => name !== '');
}

const RFC_1123 =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Reads a time such as `Thu, 07 Nov 2024 08:49:37 GMT`.
 * @returns Unix seconds, or null when it is not of that form or no time that exists
 */
export function parseRfc1123(text: string): number | null {
  const match = RFC_1123.exec(text);
  if (match === null) return null;
  const [day, month, year, hour, minute, second] = [
    Number(match[1]),
    MONTHS.indexOf(match[2] ?? ''),
    Number(match[3]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6]),
  ];
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // Out-of-range parts roll over into the next unit; a time that exists survives the way back.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month || date.getUTCDate() !== day)
    return null;
  if (date.getUTCHours() !== hour || date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second)
    return null;
  return date.getTime() / 1000;
}
