/**
 * `tandem why`: asks a running server for ha-why and shows the answer as text, for whoever has been woken at night.
 *
 *     communication-recovery for 1 min 5 s: the partner is unavailable, its updates are kept for it
 *
 *     It sees:
 *       - the DHCP service is on and serves the scope server1
 *     It waits for:
 *       - partner-down: silent 41 of 60 s, then 11 of its clients with secs above 10 s
 */
import { type CtlOptions, type CtlOutcome, runCtl } from './ctl.ts';

export interface WhyOptions extends Pick<CtlOptions, 'url' | 'socket' | 'timeoutMs'> {
  /** Any server of the relationship that is asked about; without it the first relationship. */
  readonly serverName?: string | undefined;
}

interface Why {
  readonly state: string;
  readonly sinceSec: number;
  readonly because: string;
  readonly facts: readonly string[];
  readonly waitsFor: readonly string[];
}

/** Asks and explains; exit codes as `tandem ctl`. Never rejects. */
export async function runWhy({ serverName, ...target }: WhyOptions): Promise<CtlOutcome> {
  const argsJson = serverName === undefined ? undefined : JSON.stringify({ 'server-name': serverName });
  const outcome = await runCtl({ ...target, command: 'ha-why', argsJson });
  if (outcome.exitCode === 2) return outcome;
  // What runCtl shows of an answer is JSON that it has made itself.
  const answer = JSON.parse(outcome.output) as { readonly text?: unknown; readonly arguments?: unknown };
  if (outcome.exitCode !== 0) return { ...outcome, output: refusal(answer.text) };
  const why = readWhy(answer.arguments);
  if (why === null) return { exitCode: 2, output: 'this is no answer to ha-why' };
  return { exitCode: 0, output: show(why) };
}

/** A server without high availability, or a Kea, does not know the command and says so in its own words. */
function refusal(text: unknown): string {
  return typeof text === 'string' && text !== '' ? printable(text) : 'the server refuses ha-why';
}

function readWhy(args: unknown): Why | null {
  if (typeof args !== 'object' || args === null) return null;
  const { state, because, facts, ...rest } = args as Readonly<Record<string, unknown>>;
  const sinceSec = rest['since-seconds'];
  const waitsFor = rest['waits-for'];
  if (typeof state !== 'string' || typeof because !== 'string' || typeof sinceSec !== 'number') return null;
  if (!isTextList(facts) || !isTextList(waitsFor)) return null;
  return { state, sinceSec, because, facts, waitsFor };
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function show({ state, sinceSec, because, facts, waitsFor }: Why): string {
  const lines = [
    `${state} for ${duration(sinceSec)}: ${because}`,
    '',
    'It sees:',
    ...facts.map((fact) => `  - ${fact}`),
    'It waits for:',
    ...waitsFor.map((line) => `  - ${line}`),
  ];
  return lines.map(printable).join('\n');
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** The two largest units, such as `2 h 5 min`. */
function duration(sec: number): string {
  let left = Math.max(0, Math.floor(sec));
  const parts = UNITS.flatMap(([unitSec, name]) => {
    const count = Math.floor(left / unitSec);
    left -= count * unitSec;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}

/** Text from the other side must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
