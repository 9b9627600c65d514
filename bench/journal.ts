/** Lease records on stable storage: the group commit, what it would be without a disk, and one fdatasync a record. */

import { once } from 'node:events';
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { allocateJournal, type JournalTask, JournalWord, journalWords } from '../src/journal/memory.ts';
import { runJournal } from '../src/journal/task.ts';
import { allocateChangeLog, ChangeLog, ChangeWord, isReached } from '../src/lease/change-log.ts';
import { rowCodec4 } from '../src/lease/dhcp4/row-codec.ts';
import { headerOf } from '../src/lease/row-codec.ts';
import { CHANGE_LOG_BYTES } from '../src/limits.ts';
import { type Contender, compare, DIGEST_SEED, foldBytes, sizeOf } from './harness.ts';
import { createRows } from './lease-rows.ts';
import type { Bench } from './model.ts';

const LEASE_SEC = 3600;
const NOW_SEC = 1_700_000_000;
/** As many clients as wait for their ACK at once in the end-to-end benchmarks. */
const IN_FLIGHT = 256;
const STOP_GRACE_MS = 1000;
const WAIT_MS = 100;

export const journal: Bench = {
  name: 'journal',
  question: 'How many lease records a second reach the disk?',
  run: async ({ scale }) => {
    const rows = createRows(sizeOf(scale, 500, 200_000), NOW_SEC, LEASE_SEC);
    const few = rows.slice(0, sizeOf(scale, 20, 1000));
    const directory = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
    const journals = ['burst', 'steady', 'unsynced', 'fileless'] as const;
    const [burst, steady, unsynced, fileless] = await Promise.all(
      journals.map((name) =>
        Journal.start(name === 'fileless' ? null : join(directory, name), name !== 'unsynced'),
      ),
    );
    const single = new SingleRecords(join(directory, 'single'));
    try {
      return compare(
        {
          operations: rows.length,
          sameDigest: false,
          contenders: [
            commit('group commit', burst!, rows, rows.length),
            commit(`group commit, ${IN_FLIGHT} records waited for`, steady!, rows, IN_FLIGHT),
            commit('group commit without fdatasync', unsynced!, rows, rows.length),
            commit('group commit without a file', fileless!, rows, rows.length),
            {
              name: 'fdatasync for each record',
              operations: few.length,
              run: () => single.write(few),
              digest: () => single.digest(few),
            },
          ],
        },
        scale,
      );
    } finally {
      await Promise.all([burst, steady, unsynced, fileless].map((each) => each?.stop()));
      single.close();
      rmSync(directory, { recursive: true });
    }
  },
};

function commit(name: string, target: Journal, rows: readonly Uint8Array[], group: number): Contender {
  return { name, run: () => target.write(rows, group), digest: () => target.digest(rows) };
}

/** The product's journal in a thread of its own, fed from this one. */
class Journal {
  readonly #worker: Worker;
  readonly #task: JournalTask;
  readonly #log: ChangeLog;
  readonly #words: Int32Array;

  private constructor(worker: Worker, task: JournalTask) {
    this.#worker = worker;
    this.#task = task;
    this.#log = new ChangeLog(task.changes);
    this.#words = new Int32Array(task.changes.words);
  }

  static async start(path: string | null, fdatasync: boolean): Promise<Journal> {
    const task: JournalTask = {
      changes: allocateChangeLog(CHANGE_LOG_BYTES),
      journal: allocateJournal(),
      bells: [],
      file: path === null ? null : { path, fdatasync, header: headerOf(rowCodec4) },
      stopGraceMs: STOP_GRACE_MS,
    };
    const worker = new Worker(new URL(import.meta.url), { workerData: { task } });
    await once(worker, 'online');
    return new Journal(worker, task);
  }

  /** Appends the rows and waits after each group of them until it is durable. */
  write(rows: readonly Uint8Array[], group: number): void {
    for (let from = 0; from < rows.length; from += group) {
      let last = 0;
      for (const row of rows.slice(from, from + group)) {
        for (last = this.#log.append(row, row.length); last === 0; last = this.#log.append(row, row.length)) {
          this.#waitFor(Atomics.load(this.#words, ChangeWord.last) >>> 0);
        }
      }
      this.#waitFor(last);
    }
  }

  #waitFor(change: number): void {
    this.#log.announce();
    for (let durable = this.#log.durable(); !isReached(durable, change); durable = this.#log.durable()) {
      Atomics.wait(this.#words, ChangeWord.durable, durable | 0, WAIT_MS);
    }
  }

  /** The rows as they stand at the end of the file, or how many there are when there is none. */
  digest(rows: readonly Uint8Array[]): number {
    return this.#task.file === null ? rows.length : digestOfTail(this.#task.file.path, rows);
  }

  async stop(): Promise<void> {
    Atomics.store(journalWords(this.#task.journal), JournalWord.stop, 1);
    this.#log.announce();
    await once(this.#worker, 'exit');
  }
}

/** What a server without group commit does. */
class SingleRecords {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, 'a');
  }

  write(rows: readonly Uint8Array[]): void {
    for (const row of rows) {
      writeSync(this.#fd, row);
      fdatasyncSync(this.#fd);
    }
  }

  digest(rows: readonly Uint8Array[]): number {
    return digestOfTail(this.#path, rows);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Reads back as many octets as the rows have; a file without them has another digest. */
function digestOfTail(path: string, rows: readonly Uint8Array[]): number {
  let length = 0;
  for (const row of rows) length += row.length;
  const tail = Buffer.alloc(length);
  const fd = openSync(path, 'r');
  readSync(fd, tail, 0, length, fstatSync(fd).size - length);
  closeSync(fd);
  return foldBytes(DIGEST_SEED, tail);
}

if (!isMainThread) {
  const data = workerData as { task?: JournalTask } | null;
  if (data?.task !== undefined) runJournal(data.task);
}
