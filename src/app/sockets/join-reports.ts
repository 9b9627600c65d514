/** Says in the log for which sockets replies are not joined any more, because the kernel refused them to a shard. */
import { formatIpv4 } from '../../base/ipv4.ts';
import { RingWatch } from '../../base/ring-watch.ts';
import { type ShardLinkMemory, ShardWord } from '../../engine/parked/shard-link.ts';
import { errnoName } from '../../io/libc.ts';
import type { Log } from '../../log/logger.ts';

/** A refusal is notified: this is only how long a watch lasts. */
const TICK_MS = 60_000;

export class JoinReports {
  readonly #log: Log;
  readonly #watches: readonly RingWatch[];

  /** @param links of all shards */
  constructor(links: readonly ShardLinkMemory[], log: Log) {
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
      address: formatIpv4(Atomics.load(words, ShardWord.joinAddress) >>> 0),
      error: errnoName(Atomics.load(words, ShardWord.joinErrno)),
      sockets,
    });
  }
}
