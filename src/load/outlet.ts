/** The load client's way out: queries gather in slots and leave in bursts, one copy for each server. */
import { DatagramSender } from '../io/mmsg.ts';
import type { Endpoint, LoadOptions } from './model.ts';
import { QUERY_BYTES } from './query.ts';
import type { QueryOutlet } from './session.ts';

const BROADCAST = 0xffffffff;
/** Datagrams a system call. */
const BATCH = 128;
/** Datagrams that gather before they leave even in the middle of a turn. */
const QUEUE_MAX = 256;

export class UdpOutlet implements QueryOutlet {
  readonly #sender = new DatagramSender(QUEUE_MAX, QUERY_BYTES, BATCH);
  readonly #servers: readonly Endpoint[];
  readonly #fd: number;
  #slot = 0;

  /** @param link not null = everything goes to all who listen on it */
  constructor(fd: number, { servers, link }: Pick<LoadOptions, 'servers' | 'link'>) {
    this.#fd = fd;
    this.#servers = link === null ? servers : [{ address: BROADCAST, port: servers[0]!.port }];
  }

  get bytes(): Uint8Array {
    return this.#sender.bytes;
  }

  /** Datagrams that the kernel refused. */
  get failed(): number {
    return this.#sender.failed;
  }

  reserve(): number {
    if (this.#sender.queued + this.#servers.length > QUEUE_MAX) this.flush();
    return this.#slot * QUERY_BYTES;
  }

  send(): void {
    // All copies leave from one slot: the kernel only reads it.
    for (const server of this.#servers) {
      this.#sender.queue(this.#slot, QUERY_BYTES, server.address, server.port, this.#fd);
    }
    this.#slot++;
  }

  /** Hands everything to the kernel. */
  flush(): void {
    if (this.#sender.queued > 0) this.#sender.flush();
    this.#slot = 0;
  }
}
