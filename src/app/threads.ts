/** The worker threads: long-lived ones for shards, journal and lease streams, one that comes and goes for jobs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { programFile } from '../base/program-file.ts';
import type { CleanupOutcome, CleanupTask } from '../journal/cleanup.ts';
import type { JournalReport, JournalTask } from '../journal/memory.ts';
import type { LinkTask } from '../link/task.ts';
import type { CommonTask } from '../shard/task.ts';

/** A job's thread is kept a little, because clean-ups may follow one another. */
const JOB_IDLE_MS = 10_000;
/** It works for milliseconds between two looks at whether it is to end. */
const JOB_END_MS = 5_000;

export class Threads {
  readonly #longLived: Piscina;
  /** Its thread comes with the first relationship that has a partner, and carries the shard where there is only one. */
  readonly #link: Piscina;
  readonly #jobs: Piscina;
  #jobsEnd: Promise<void> | null = null;

  readonly #family: 4 | 6;

  /**
   * @param family of the leases
   * @param shards threads of the data plane; the journal has one more
   * @param isCarried as the server starts there is one shard, and the link thread runs it
   */
  constructor(family: 4 | 6, shards: number, isCarried: boolean) {
    this.#family = family;
    const filename = programFile('worker').href;
    // The tasks block their threads for as long as they live: no waiting between tasks, no queue.
    this.#longLived = new Piscina({
      filename,
      minThreads: isCarried ? 1 : shards + 1,
      maxThreads: shards + 1,
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#link = new Piscina({
      filename,
      minThreads: isCarried ? 1 : 0,
      maxThreads: 1,
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#jobs = new Piscina({
      filename,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: JOB_IDLE_MS,
      recordTiming: false,
    });
  }

  /** Resolves when the shard has been stopped; rejects when it failed. */
  runShard(task: CommonTask): Promise<void> {
    return this.#longLived.run(task, { name: `runShard${this.#family}` });
  }

  runJournal(task: JournalTask): Promise<JournalReport> {
    return this.#longLived.run(task, { name: 'runJournal' });
  }

  /** @param transfer the ports in the task */
  runLink(task: LinkTask, transfer: readonly MessagePort[]): Promise<void> {
    return this.#link.run(task, { name: `runLink${this.#family}`, transferList: [...transfer] });
  }

  runCleanup(task: CleanupTask): Promise<CleanupOutcome> {
    return this.#jobs.run(task, { name: `runCleanup${this.#family}` });
  }

  /**
   * Ends a job under way, whose promise rejects then; resolves when its thread is gone, or does not say so in time: an
   * orderly stop must not wait for ever. There are no jobs any more.
   */
  endJobs(): Promise<void> {
    this.#jobsEnd ??= this.#destroyJobs();
    return this.#jobsEnd;
  }

  async #destroyJobs(): Promise<void> {
    const inTime = new AbortController();
    const ended = this.#jobs.destroy().finally(() => inTime.abort());
    await Promise.race([ended, delay(JOB_END_MS, undefined, { signal: inTime.signal }).catch(() => {})]);
  }

  /** Ends the threads; their tasks have returned before. */
  async close(): Promise<void> {
    await Promise.all([this.#longLived.destroy(), this.#link.destroy(), this.endJobs()]);
  }
}
