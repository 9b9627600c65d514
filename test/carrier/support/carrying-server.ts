/** A server whose only shard is carried by the thread of its lease stream: real sockets, a disk that the test moves. */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Test } from 'tap';
import { Bell } from '../../../src/base/bell.ts';
import { carrierFamily4 } from '../../../src/carrier/family4.ts';
import { CarrierLoop } from '../../../src/carrier/loop.ts';
import { ShardWord, UpdateWord } from '../../../src/engine/parked/shard-link.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { createEventFd, drainEventFd, signalEventFd } from '../../../src/io/eventfd.ts';
import { Poller } from '../../../src/io/poll.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { allocateFigures } from '../../../src/link/figures.ts';
import { allocateLink } from '../../../src/link/memory.ts';
import type { LinkOrder, LinkReport } from '../../../src/link/messages.ts';
import type { LinkTask } from '../../../src/link/task.ts';
import type { BenchServer } from '../../engine/bench-server.ts';
import { serverFor } from '../../engine/queries.ts';
import { LinkServer } from '../../link/support/link-server.ts';
import { socketPair } from '../../link/support/socket-pair.ts';

export class CarryingServer {
  readonly server: BenchServer;
  readonly partner: LinkServer;
  readonly reports: LinkReport[] = [];
  readonly memory = allocateLink(createEventFd());
  readonly #ports = new MessageChannel();
  readonly #loop: CarrierLoop<LeaseRecord>;
  readonly #changes: Int32Array;
  readonly #eventFds: Poller;

  /** With a stream to its partner, the log lent, and a shard whose ACKs wait for the partner. */
  constructor(t: Test) {
    this.server = serverFor(t);
    const { server, memory } = this;
    this.#changes = new Int32Array(server.bookMemory.changes.words);
    this.#eventFds = new Poller([server.link.eventFd, memory.eventFd]);
    const task: LinkTask = {
      port: this.#ports.port2,
      memory,
      workplace: {
        family: 4,
        config: server.config,
        book: server.bookMemory,
        limited: null,
        statistics: server.statistics,
        isHeard: false,
      },
      journal: server.task.journal,
      bells: [],
      statisticsRow: 0,
      shards: [server.link],
    };
    this.#loop = new CarrierLoop(task, carrierFamily4);
    this.partner = new LinkServer(t, 'server2');
    const fds = socketPair();
    t.teardown(() => {
      this.#ports.port1.close();
      for (const fd of [...fds, memory.eventFd]) closeFd(fd);
    });
    server.policy({ updateMode: UpdateMode.await });
    this.#open(fds);
  }

  #open([own, partners]: readonly [number, number]): void {
    const { server } = this;
    const names = { own: 'server1', partner: 'server2' };
    const [updates] = server.task.updates;
    this.order({ kind: 'attach', route: 1, names, updates: updates!, figures: allocateFigures() });
    this.order({ kind: 'open', route: 1, connection: 1, fd: own, secrets: null, head: new Uint8Array(0) });
    this.partner.open(partners);
    this.carry();
    this.settle();
    Atomics.store(new Int32Array(updates!.words), UpdateWord.isLent, 1);
    this.order({ kind: 'lend', route: 1, connection: 1 });
    this.turn();
  }

  /** Begins to run a shard. */
  carry(): void {
    Atomics.store(new Int32Array(this.server.link.words), ShardWord.stop, 0);
    this.order({ kind: 'carry', task: { ...this.server.task, linkBell: this.memory.updates } });
  }

  /** Main tells the shard to end. */
  stopShard(): void {
    Atomics.store(new Int32Array(this.server.link.words), ShardWord.stop, 1);
    signalEventFd(this.server.link.eventFd);
  }

  order(order: LinkOrder): void {
    this.#ports.port1.postMessage(order);
    Atomics.add(new Int32Array(this.memory.sent), 0, 1);
    new Bell(this.memory.mail, signalEventFd).ring();
  }

  /** One turn as in life. */
  sleep(): void {
    this.#loop.turn();
    for (let next = receiveMessageOnPort(this.#ports.port1); next !== undefined; ) {
      this.reports.push(next.message);
      next = receiveMessageOnPort(this.#ports.port1);
    }
  }

  /** One turn that waits for nothing. */
  turn(): void {
    signalEventFd(this.memory.eventFd);
    this.sleep();
  }

  /** Turns of both until nothing moves. */
  settle(turns = 4): void {
    for (let i = 0; i < turns; i++) {
      this.turn();
      this.partner.turn();
    }
  }

  /** Whether somebody has written to one of the two eventfds since; takes it back. */
  wasRung(): boolean {
    const isRung = this.#eventFds.wait(0) > 0;
    for (const [i, fd] of [this.server.link.eventFd, this.memory.eventFd].entries())
      if (this.#eventFds.isReady(i)) drainEventFd(fd);
    return isRung;
  }

  /** Everything written so far is on stable storage; nobody is told. */
  makeDurable(): void {
    Atomics.store(this.#changes, ChangeWord.durable, Atomics.load(this.#changes, ChangeWord.last));
  }

  heard(kind: LinkReport['kind']): number {
    return this.reports.filter((report) => report.kind === kind).length;
  }
}
