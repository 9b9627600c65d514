/**
 * The demonstration's story: a pair comes up, serves, loses a server without warning, goes on, gets it back, ends.
 *
 *     start -> normal -> load ... kill -9 -> takeover ... restart -> sync -> normal ... load ends -> SIGTERM
 *
 * Dots are stretches of load whose length follows from the length of the whole; everything else takes what it takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoOptions } from './model.ts';
import type { Pair } from './pair.ts';
import type { Screen } from './screen.ts';

/** Moments of the story as fractions of its length. */
const KILL_AT = 0.35;
const RESTART_AT = 0.6;
/** What the end takes: answers on their way, SIGTERM, reading the lease files. */
const CLOSING_SEC = 2;
/** Longest wait for any one state; far above what the pair's timing needs, also on a machine with ten times too much to do. */
const STATE_TIMEOUT_MS = 45_000;
/** Load before the kill, between takeover and restart, and after the recovery, even when there is no time left. */
const STRETCH_SEC_MIN = 1;

export interface Course {
  readonly takeoverMs: number;
  readonly recoveryMs: number;
}

/** Waits for both servers to serve. */
export async function bringUp<At>(
  pair: Pair<At>,
  screen: Screen,
  elapsedSec: () => number,
  signal: AbortSignal,
): Promise<void> {
  await pair.start();
  screen.event(elapsedSec(), 'two servers started');
  await pair.waitForNormal(STATE_TIMEOUT_MS, signal);
  screen.event(elapsedSec(), 'both in the normal state; clients come');
}

/** Everything that happens under load. @throws when the pair does not take over or recover in time */
export async function runCourse<At>(
  options: DemoOptions,
  pair: Pair<At>,
  screen: Screen,
  elapsedSec: () => number,
  signal: AbortSignal,
): Promise<Course> {
  const [killed, survivor] = pair.servers;
  const stretchUntil = (second: number): Promise<void> => {
    const seconds = Math.max(second - elapsedSec(), STRETCH_SEC_MIN);
    return sleep(seconds * 1000, undefined, { signal });
  };

  await stretchUntil(options.seconds * KILL_AT);
  screen.event(elapsedSec(), `kill -9 ${killed.identity.name}`);
  const killedAt = performance.now();
  await killed.process.kill();
  await pair.waitForState(survivor, 'partner-down', STATE_TIMEOUT_MS, signal);
  const takeoverMs = performance.now() - killedAt;
  screen.event(
    elapsedSec(),
    `${survivor.identity.name} serves everybody, ${Math.round(takeoverMs)} ms later`,
  );

  await stretchUntil(options.seconds * RESTART_AT);
  const restartedAt = performance.now();
  await killed.process.start();
  screen.event(elapsedSec(), `${killed.identity.name} started again`);
  await pair.waitForNormal(STATE_TIMEOUT_MS, signal);
  const recoveryMs = performance.now() - restartedAt;
  screen.event(elapsedSec(), `synchronized and back to normal, ${Math.round(recoveryMs)} ms later`);

  await stretchUntil(options.seconds - CLOSING_SEC);
  return { takeoverMs, recoveryMs };
}
