/** `tandem why`: asks a running server for ha-why and shows the answer as text. */
import { formatWhy, printable, type WhyText } from '../control/monitoring/why-text.ts';
import { type CtlOptions, type CtlOutcome, runCtl } from './ctl.ts';

export interface WhyOptions extends Pick<CtlOptions, 'url' | 'socket' | 'service' | 'timeoutMs'> {
  /** Any server of the relationship that is asked about; without it the first relationship. */
  readonly serverName?: string | undefined;
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
  return { exitCode: 0, output: formatWhy(why) };
}

/** A server without high availability, or a Kea, does not know the command and says so in its own words. */
function refusal(text: unknown): string {
  return typeof text === 'string' && text !== '' ? printable(text) : 'the server refuses ha-why';
}

function readWhy(args: unknown): WhyText | null {
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
