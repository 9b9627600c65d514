/** The way out of a relay: queries gather in slots and leave in bursts, in one copy for each server. */
import { DatagramSender } from '../../io/mmsg.ts';
import type { Endpoint } from '../model.ts';
import { BATCH, type Outlet, QUEUE_MAX } from '../outlet.ts';

export class UdpOutlet implements Outlet {
  readonly #sender: DatagramSender;
  readonly #bytes: number;
  readonly #servers: readonly Endpoint[];
  readonly #fd: number;
  #slot = 0;

  /** @param queryBytes of the longest query */
  constructor(fd: number, servers: readonly Endpoint[], queryBytes: number) {
    this.#fd = fd;
    this.#servers = servers;
    this.#bytes = queryBytes;
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

  send(length: number): void {
    // All copies leave from one slot: the kernel only reads it.
    for (const server of this.#servers) {
      this.#sender.queue(this.#slot, length, server.address, server.port, this.#fd);
    }
    this.#slot++;
  }

  flush(): void {
    if (this.#sender.queued > 0) this.#sender.flush();
    this.#slot = 0;
  }

  close(): void {}
}
