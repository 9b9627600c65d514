/** Tells main for which sockets the kernel has refused to join replies: it has the log. */

import { ShardWord } from '../engine/parked/shard-link.ts';
import type { ShardService } from './service.ts';
import type { CommonTask } from './task.ts';

export class JoinRefusals {
  readonly #service: ShardService;
  readonly #words: Int32Array;
  #told = 0;

  constructor({ link }: CommonTask, service: ShardService) {
    this.#service = service;
    this.#words = new Int32Array(link.words);
  }

  /** Once a turn. */
  tell(): void {
    const { joining } = this.#service.sockets;
    const { refusals, refusedFd, refusedErrno } = joining;
    if (refusals === this.#told) return;
    this.#service.context.statistics.add(this.#service.cells.joinRefused, refusals - this.#told);
    Atomics.store(this.#words, ShardWord.joinErrno, refusedErrno);
    Atomics.store(this.#words, ShardWord.joinFd, refusedFd);
    Atomics.add(this.#words, ShardWord.joinRefusals, refusals - this.#told);
    Atomics.notify(this.#words, ShardWord.joinRefusals);
    this.#told = refusals;
  }
}
