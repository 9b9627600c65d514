/**
 * The ping_check library on the main thread: a socket for each packet thread while an address is to be checked anywhere, and a
 * word in the log for each address that is in use.
 */
import { formatIpv4 } from '../../base/ipv4.ts';
import { randomBelow } from '../../base/random.ts';
import { RingWatch } from '../../base/ring-watch.ts';
import type { ServerConfig } from '../../config/model.ts';
import { type EchoSocket, openEchoSocket } from '../../io/icmp-socket.ts';
import { closeFd } from '../../io/udp.ts';
import type { Log } from '../../log/logger.ts';
import { allocateReports, type PingTask, REPORTED_MAX, ReportWord } from '../../shard/dhcp4/ping-checks.ts';
import type { Change } from '../change.ts';

const TICK_MS = 1_000;
const IDENTIFIERS = 0x10000;

export class PingCheck {
  readonly #shards: number;
  readonly #log: Log;
  readonly #memory = allocateReports();
  readonly #reports = new Int32Array(this.#memory);
  readonly #watch: RingWatch;
  #told = 0;
  #sockets: readonly EchoSocket[] = [];

  /** @param shards sockets that are opened where they are needed */
  constructor(shards: number, log: Log) {
    this.#shards = shards;
    this.#log = log;
    this.#watch = new RingWatch(this.#reports, ReportWord.count, TICK_MS, () => this.#tell());
  }

  /** What a shard gets, or null. */
  taskOf(shard: number): PingTask | null {
    const socket = this.#sockets[shard];
    return socket === undefined ? null : { socket, reports: this.#memory };
  }

  /** Opens what another configuration needs. @throws an Error that says why it cannot be, and what to do */
  prepare(config: ServerConfig): Change {
    const before = this.#sockets;
    const isSame = isWanted(config) === before.length > 0;
    const after = isSame ? before : isWanted(config) ? this.#open() : [];
    return {
      commit: () => {
        this.#sockets = after;
        if (after.length > 0) this.#watch.start();
      },
      abandon: async () => {
        if (!isSame) closeAll(after);
      },
      retire: async () => {
        if (!isSame) closeAll(before);
      },
    };
  }

  close(): void {
    this.#watch.close();
    closeAll(this.#sockets);
    this.#sockets = [];
  }

  #open(): EchoSocket[] {
    const sockets: EchoSocket[] = [];
    const first = randomBelow(IDENTIFIERS);
    try {
      for (let shard = 0; shard < this.#shards; shard++)
        sockets.push(openEchoSocket((first + shard) % IDENTIFIERS));
    } catch (error) {
      closeAll(sockets);
      throw error;
    }
    return sockets;
  }

  #tell(): boolean {
    const count = Atomics.load(this.#reports, ReportWord.count);
    const untold = (count - this.#told) >>> 0;
    for (let i = Math.min(untold, REPORTED_MAX); i > 0; i--) {
      const at = ReportWord.first + ((count - i) & (REPORTED_MAX - 1));
      this.#log('TDM_ENGINE_ADDRESS_IN_USE', { address: formatIpv4(Atomics.load(this.#reports, at) >>> 0) });
    }
    this.#told = count;
    return false;
  }
}

/** Whether any address is checked by a configuration. */
function isWanted({ hooks: { pingCheck } }: ServerConfig): boolean {
  if (pingCheck === null) return false;
  return pingCheck.settings.isEnabled || pingCheck.subnets.some(({ settings }) => settings.isEnabled);
}

function closeAll(sockets: readonly EchoSocket[]): void {
  for (const { fd } of sockets) closeFd(fd);
}
