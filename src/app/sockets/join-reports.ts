/** Says in the log for which sockets replies are not joined any more, because the kernel refused them to a shard. */
import { RingWatch } from '../../base/ring-watch.ts';
import { type ShardLinkMemory, ShardWord } from '../../engine/parked/shard-link.ts';
import { errnoName } from '../../io/libc.ts';
import type { Log } from '../../log/logger.ts';

/** A refusal is notified: this is only how long a watch lasts. */
const TICK_MS = 60_000;

export class JoinReports {
  readonly #addressOf: (replyFd: number) => string;
  readonly #log: Log;
  readonly #watches: readonly RingWatch[];

  /**
   * @param links of all shards
   * @param addressOf the address of the socket that replies leave by, as text
   */
  constructor(links: readonly ShardLinkMemory[], addressOf: (replyFd: number) => string, log: Log) {
    this.#addressOf = addressOf;
    this.#log = log;
    this.#watches = links.map((link) => this.#watch(new Int32Array(link.words)));
  }

  start(): void {
    for (const watch of this.#watches) watch.start();
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }

  #watch(words: Int32Array): RingWatch {
    let told = 0;
    return new RingWatch(words, ShardWord.joinRefusals, TICK_MS, () => {
      const refusals = Atomics.load(words, ShardWord.joinRefusals);
      if (refusals !== told) this.#tell(words, (refusals - told) >>> 0);
      told = refusals;
      return false;
    });
  }

  /** @param sockets refused since the last time, of which the last one is named */
  #tell(words: Int32Array, sockets: number): void {
    this.#log('TDM_ENGINE_REPLIES_NOT_JOINED', {
      address: this.#addressOf(Atomics.load(words, ShardWord.joinFd)),
      error: errnoName(Atomics.load(words, ShardWord.joinErrno)),
      sockets,
    });
  }
}
