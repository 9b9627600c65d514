/** What a shard of DHCPv6 receives: a batch from one socket, with its payloads in the slots of the WASM memory, classified there. */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { DESCRIPTOR_WORDS, Field } from '../../dhcp6/descriptor.ts';
import { Datagram6Receiver } from '../../io/mmsg6.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE } from '../../wasm/layout.ts';
import { Classifier } from '../../wasm/module.ts';
import type { ServerSocket6 } from './socket-table.ts';

export class Inbox6 {
  readonly classifier = new Classifier();
  readonly #datagrams: Datagram6Receiver;
  /** Where the batch came from; null = nothing was received. */
  #socket: ServerSocket6 | null = null;
  /** The address that the query in work came from. */
  readonly source = new Uint8Array(IPV6_BYTES);

  constructor() {
    this.#datagrams = new Datagram6Receiver(
      this.classifier.memory.buffer,
      INPUT_OFFSET,
      INPUT_STRIDE,
      BATCH_MAX,
    );
  }

  /** Takes the next batch of a socket; never blocks. @returns how many, at most BATCH_MAX */
  receive(socket: ServerSocket6): number {
    this.#socket = socket;
    return this.#datagrams.burst.receive(socket.fd);
  }

  /** The socket of the batch. Pre: one was received. */
  get socket(): ServerSocket6 {
    return this.#socket!;
  }

  /** When number `index` of the batch was received, microseconds since 1970; 0 = the kernel has not said, or was not asked. */
  arrivalUs(index: number): number {
    return this.#datagrams.burst.arrivalUs(index);
  }

  /** Writes the descriptors of the `count` that were received last. */
  classify(count: number): void {
    const { burst } = this.#datagrams;
    for (let i = 0; i < count; i++) this.classifier.setLength(i, burst.length(i));
    this.classifier.classify6(count);
  }

  /** A `Malformed` number, 0 = number `index` of the batch is a query. */
  malformed(index: number): number {
    return this.classifier.words6[index * DESCRIPTOR_WORDS + Field.malformed]!;
  }

  /** The message type of number `index`, 0 where none can be told. */
  messageType(index: number): number {
    return this.classifier.words6[index * DESCRIPTOR_WORDS + Field.messageType]!;
  }

  /** Copies the address that number `index` came from to `source`. @returns the port of it */
  readSource(index: number): number {
    this.#datagrams.readSource(index, this.source, 0);
    return this.#datagrams.sourcePort(index);
  }
}
