/** The way out of a relay of DHCPv6, to each server, or of clients on a link, to the group of all of them. */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { Datagram6Sender } from '../../io/mmsg6.ts';
import { BATCH, type Outlet, QUEUE_MAX } from '../outlet.ts';

/** Where a query goes. */
export interface Destination6 {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
  /** Index of the interface when the address is one of its link, else 0. */
  readonly scope: number;
}

export class Udp6Outlet implements Outlet {
  readonly #fd: number;
  readonly #destinations: readonly Destination6[];
  readonly #queryBytes: number;
  readonly #sender: Datagram6Sender;
  #slot = 0;

  /** @param queryBytes of the longest query */
  constructor(fd: number, destinations: readonly Destination6[], queryBytes: number) {
    this.#fd = fd;
    this.#destinations = destinations;
    this.#queryBytes = queryBytes;
    this.#sender = new Datagram6Sender(QUEUE_MAX, queryBytes, BATCH);
  }

  get bytes(): Uint8Array {
    return this.#sender.bytes;
  }

  get failed(): number {
    return this.#sender.line.failed;
  }

  reserve(): number {
    if (this.#sender.line.queued + this.#destinations.length > QUEUE_MAX) this.flush();
    return this.#slot * this.#queryBytes;
  }

  send(length: number): void {
    // All copies leave from one slot: the kernel only reads it.
    for (const { address, port, scope } of this.#destinations)
      this.#sender.queue(this.#slot, length, address, 0, port, scope, this.#fd);
    this.#slot++;
  }

  flush(): void {
    if (this.#sender.line.queued > 0) this.#sender.line.flush();
    this.#slot = 0;
  }

  close(): void {}
}

/** 16 octets of words in network order. */
export function octetsOfWords(words: readonly number[]): Uint8Array {
  const octets = new Uint8Array(IPV6_BYTES);
  const view = new DataView(octets.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word);
  });
  return octets;
}
