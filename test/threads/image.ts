/**
 * An image: scenarios with the product's code, whose operations on shared words ask the stage. The explorer loads it for what the
 * scenarios are and come to; a thread of it is an actor.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import {
  buffersIn,
  Doing,
  MESSAGE_BYTES,
  messageBytes,
  NOBODY,
  type Scenario,
  type StageMemory,
  StageWord,
} from './model.ts';
import { COMMITTERS } from './scenarios/committers.ts';
import { LOAN } from './scenarios/loan.ts';
import { LOCKED, QUEUED } from './scenarios/lock.ts';
import { POLICY } from './scenarios/policy.ts';
import { RING, SHARED_RING } from './scenarios/ring.ts';
import { FAILING_DISK, SHARD } from './scenarios/shard.ts';
import { ROW_SETTLES } from './scenarios/unsettled.ts';
import { ActorStage, awaitTurn, choose, handTo, Over, present } from './stage.ts';

export const SCENARIOS: readonly Scenario[] = [
  LOCKED,
  QUEUED,
  RING,
  SHARED_RING,
  POLICY,
  ROW_SETTLES,
  COMMITTERS,
  SHARD,
  FAILING_DISK,
  LOAN,
];

/** What a thread is told. */
export interface ActorTask {
  readonly scenario: string;
  readonly actor: number;
  readonly stage: StageMemory;
  readonly memory: unknown;
}

/** Plays an actor in run after run; the explorer ends the thread. */
function playForEver({ scenario: name, actor, stage: memory, memory: story }: ActorTask): void {
  const scenario = SCENARIOS.find((each) => each.name === name)!;
  const words = new Int32Array(memory.words, 0, memory.words.byteLength >>> 2);
  const buffers = buffersIn(story);
  for (;;) {
    awaitTurn(words, actor);
    const stage = new ActorStage(memory, scenario.actors.length, actor, buffers);
    present.stage = null;
    try {
      if (words[StageWord.isOver] === 0) play(scenario, actor, story, stage);
    } catch (error) {
      if (!(error instanceof Over)) fail(words, memory, error);
    }
    present.stage = null;
    words[StageWord.doing + actor] = Doing.done;
    handTo(words, after(words, scenario.actors.length, memory));
  }
}

/** Who goes on when an actor has ended. */
function after(words: Int32Array, actors: number, memory: StageMemory): number {
  try {
    if (words[StageWord.isOver] === 0) return choose(words, actors, NOBODY);
  } catch (error) {
    fail(words, memory, error);
  }
  return NOBODY;
}

function play(scenario: Scenario, actor: number, story: unknown, stage: ActorStage): void {
  const run = scenario.act(actor, story, stage);
  present.stage = stage;
  stage.isMuted = false;
  stage.pass('begin');
  run();
}

/** The first thing that goes wrong is told; what follows from it is not. */
function fail(words: Int32Array, memory: StageMemory, error: unknown): void {
  if (words[StageWord.hasFailed] === 1) return;
  words[StageWord.hasFailed] = 1;
  words[StageWord.isOver] = 1;
  const text = error instanceof Error ? error.message : String(error);
  const octets = messageBytes(memory);
  const { written } = new TextEncoder().encodeInto(text, octets.subarray(0, MESSAGE_BYTES - 1));
  octets[written] = 0;
}

if (!isMainThread) playForEver(workerData as ActorTask);
