/** The ways out of the load client: queries gather in slots and leave in bursts; a relay's in one copy for each server. */
import { DatagramSender } from '../io/mmsg.ts';
import type { Endpoint, LoadOptions } from './model.ts';
import { queryBytes } from './query.ts';
import type { QueryOutlet } from './session.ts';

export const BROADCAST = 0xffffffff;
/** Queries a system call. */
export const BATCH = 128;
/** Queries that gather before they leave even in the middle of a turn. */
export const QUEUE_MAX = 256;

export interface Outlet extends QueryOutlet {
  /** Queries that the kernel refused. */
  readonly failed: number;
  /** Hands everything to the kernel. */
  flush(): void;
  /** Closes what it has opened itself. */
  close(): void;
}

export class UdpOutlet implements Outlet {
  readonly #sender: DatagramSender;
  readonly #bytes: number;
  readonly #servers: readonly Endpoint[];
  readonly #fd: number;
  #slot = 0;

  constructor(fd: number, options: Pick<LoadOptions, 'servers' | 'identity'>) {
    this.#fd = fd;
    this.#servers = options.servers;
    this.#bytes = queryBytes(options);
    this.#sender = new DatagramSender(QUEUE_MAX, this.#bytes, BATCH);
  }

  get bytes(): Uint8Array {
    return this.#sender.bytes;
  }

  get failed(): number {
    return this.#sender.failed;
  }

  reserve(): number {
    if (this.#sender.queued + this.#servers.length > QUEUE_MAX) this.flush();
    return this.#slot * this.#bytes;
  }

  send(): void {
    // All copies leave from one slot: the kernel only reads it.
    for (const server of this.#servers) {
      this.#sender.queue(this.#slot, this.#bytes, server.address, server.port, this.#fd);
    }
    this.#slot++;
  }

  flush(): void {
    if (this.#sender.queued > 0) this.#sender.flush();
    this.#slot = 0;
  }

  close(): void {}
}
