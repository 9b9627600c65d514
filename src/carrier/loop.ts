/**
 * The thread of the lease streams, which carries the shard of a server that has only one: otherwise the two would only wake
 * each other, twice an exchange. It outlives every shard; between two of them, and where there are several, each with a
 * thread of its own, it is the thread of the streams alone.
 *
 *     one poll for both -> what partners have sent: into the table, into verdicts -> what became safe -> a batch of queries
 *          a socket -> their records to the partner -> few new rows, of both: written and synced -> what became safe ->
 *          acknowledgements
 *
 * No step takes longer than a batch of queries, so that neither part keeps the other waiting for more than that, or the disk.
 */
import { assert } from '../base/assert.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { PollSet } from '../io/poll-set.ts';
import { nameThread } from '../io/thread-name.ts';
import type { LinkFamily, LinkRecord } from '../link/family.ts';
import { LinkLoop } from '../link/loop.ts';
import type { LinkTask } from '../link/task.ts';
import type { ShardLoop } from '../shard/loop.ts';
import type { CommonTask } from '../shard/task.ts';

/** Then the streams are looked at: under load the acknowledgements that come meanwhile let replies go. */
const BATCHES_PER_TURN = 1;

/** The names of the thread, by what it does. */
export const ThreadName = { alone: 'link', carrying: 'shard+link' } as const;

/** What the thread works with, of its family. */
export interface CarrierFamily<Record extends LinkRecord> {
  readonly link: LinkFamily<Record>;
  /** Makes the shard of a task; main hands tasks of the server's family. */
  readonly openShard: (task: CommonTask, clock: Clock) => ShardLoop;
}

export class CarrierLoop<Record extends LinkRecord> {
  readonly #task: LinkTask;
  readonly #family: CarrierFamily<Record>;
  readonly #clock: Clock;
  readonly #link: LinkLoop<Record>;
  #carried: { readonly shard: ShardLoop; readonly poll: PollSet } | null = null;

  constructor(task: LinkTask, family: CarrierFamily<Record>, clock: Clock = systemClock) {
    this.#task = task;
    this.#family = family;
    this.#clock = clock;
    this.#link = new LinkLoop(task, family.link, (shard) => this.#take(shard), clock);
  }

  /** Works until main says stop, which it says when the shard that there may be has ended. */
  run(): void {
    while (!this.isStopping) this.turn();
    this.end();
  }

  /** Main has said stop. */
  get isStopping(): boolean {
    return this.#link.isStopping;
  }

  /** Works for what is on its way, and ends. */
  end(): void {
    this.#link.end();
  }

  /** One turn, with the shard if there is one. */
  turn(): void {
    if (this.#carried?.shard.isDone === true) this.#drop(this.#carried.shard);
    if (this.#carried === null) this.#link.turn();
    else this.#turnBoth(this.#carried.shard, this.#carried.poll);
  }

  #turnBoth(shard: ShardLoop, poll: PollSet): void {
    const link = this.#link;
    shard.renew();
    poll.prepare();
    const shardMs = shard.lieDown();
    const waitMs = Math.min(shardMs, link.lieDown());
    const hasCome = poll.wait(waitMs);
    link.getUp();
    shard.getUp(!hasCome && waitMs === shardMs);
    link.receive();
    link.takeOrders();
    shard.receive(BATCHES_PER_TURN);
    // The partner is to work while this thread waits for its own disk.
    link.sendRecords();
    link.commit();
    shard.finish();
    link.send();
  }

  #take(task: CommonTask): void {
    assert(this.#carried === null, 'one shard at a time');
    nameThread(ThreadName.carrying);
    const shard = this.#family.openShard(task, this.#clock);
    this.#carried = { shard, poll: new PollSet([this.#link, shard]) };
    shard.begin();
  }

  #drop(shard: ShardLoop): void {
    shard.end();
    this.#carried = null;
    nameThread(ThreadName.alone);
    this.#task.port.postMessage({ kind: 'carried' });
  }
}

/** Runs the thread to its end; the entry of the piscina task. */
export function runCarrier<Record extends LinkRecord>(task: LinkTask, family: CarrierFamily<Record>): void {
  new CarrierLoop(task, family).run();
}
