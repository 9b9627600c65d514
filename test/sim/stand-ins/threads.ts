/** In place of src/app/threads.ts: the threads of a simulated process take turns. */
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../../../src/base/clock.ts';
import { carrierFamily4 } from '../../../src/carrier/family4.ts';
import { carrierFamily6 } from '../../../src/carrier/family6.ts';
import { CarrierLoop } from '../../../src/carrier/loop.ts';
import { signalEventFd } from '../../../src/io/eventfd.ts';
import { type CleanupOutcome, type CleanupTask, runCleanup } from '../../../src/journal/cleanup.ts';
import { systemFiles } from '../../../src/journal/files.ts';
import { JournalLoop } from '../../../src/journal/loop.ts';
import type { JournalReport, JournalTask } from '../../../src/journal/memory.ts';
import { rowCodec4 } from '../../../src/lease/dhcp4/row-codec.ts';
import { rowCodec6 } from '../../../src/lease/dhcp6/row-codec.ts';
import type { LinkTask } from '../../../src/link/task.ts';
import type { ShardTask } from '../../../src/shard/dhcp4/context.ts';
import { openShard4 } from '../../../src/shard/dhcp4/shard.ts';
import type { ShardTask6 } from '../../../src/shard/dhcp6/desk.ts';
import { openShard6 } from '../../../src/shard/dhcp6/shard.ts';
import type { CommonTask } from '../../../src/shard/task.ts';
import type { ThreadStep } from '../machine.ts';
import { slot } from './slot.ts';

/** A clean-up takes a while. */
const JOB_MS = 20;

export class Threads {
  readonly #family: 4 | 6;

  constructor(family: 4 | 6, _shards: number, _isCarried: boolean) {
    this.#family = family;
  }

  runShard(task: CommonTask): Promise<void> {
    const loop = this.#family === 4 ? openShard4(task as ShardTask) : openShard6(task as ShardTask6);
    let hasBegun = false;
    return run(`shard ${task.shard}`, () => {
      if (!hasBegun) {
        hasBegun = true;
        loop.begin();
      }
      if (loop.isDone) {
        loop.end();
        return 'ended';
      }
      loop.turn();
      return 'polled';
    });
  }

  async runJournal(task: JournalTask): Promise<JournalReport> {
    const wait = (): void => {};
    const seams = { files: systemFiles, clock: systemClock, signal: signalEventFd, wait };
    const loop = new JournalLoop(task, seams);
    let report: JournalReport | null = null;
    await run('journal', () => {
      const next = loop.step();
      if (!('drained' in next)) return next;
      report = next;
      return 'ended';
    });
    return report!;
  }

  runLink(task: LinkTask, _transfer: readonly MessagePort[]): Promise<void> {
    const loop =
      this.#family === 4 ? new CarrierLoop(task, carrierFamily4) : new CarrierLoop(task, carrierFamily6);
    return run('link', () => {
      if (loop.isStopping) {
        loop.end();
        return 'ended';
      }
      loop.turn();
      return 'polled';
    });
  }

  runCleanup(task: CleanupTask): Promise<CleanupOutcome> {
    return new Promise((resolve) => {
      slot.machine.timer(JOB_MS, () =>
        resolve(this.#family === 4 ? runCleanup(rowCodec4, task) : runCleanup(rowCodec6, task)),
      );
    });
  }

  async endJobs(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Resolves when the thread has ended. A fault of it ends the world. */
function run(name: string, step: ThreadStep): Promise<void> {
  const { machine } = slot;
  return new Promise((resolve) => {
    machine.startThread(
      name,
      () => {
        try {
          return step();
        } catch (error) {
          machine.world.fail(machine, error);
          return 'ended';
        }
      },
      resolve,
    );
  });
}
