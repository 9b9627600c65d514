/** A whole demonstration, and what it has to say at its end. */
import type { Test } from 'tap';
import type { DemoOptions } from '../../src/demo/model.ts';
import { runDemo } from '../../src/demo/run-demo.ts';

/** The shortest that there is. */
const SECONDS = 15;
const RATE = 200;

/** Passes when the demonstration kept every promise. @returns what it has shown */
export async function demonstrate(t: Test, { family, mode }: Pick<DemoOptions, 'family' | 'mode'>) {
  let shown = '';
  const terminal = { write: (text: string) => (shown += text) };
  const exitCode = await runDemo({ family, seconds: SECONDS, rate: RATE, mode }, terminal);
  t.equal(exitCode, 0, shown);
  t.match(shown, /kill -9 server1/);
  t.match(shown, /server2 serves everybody/);
  t.match(shown, /back to normal/);
  t.match(shown, /clients without an answer +0\n/);
  return shown;
}
