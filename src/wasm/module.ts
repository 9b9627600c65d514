/**
 * The WASM module of assembly/ and the memory it shares with the kernel and the shard. One instance a thread: a batch is
 * received into the memory, classified in place with one call, and read through the views here.
 *
 *     new DatagramReceiver(classifier.memory.buffer, INPUT_OFFSET, INPUT_STRIDE, BATCH_MAX)
 *     classifier.setLength(i, receiver.length(i)) ...
 *     classifier.classify(count)
 *     classifier.words[i * DESCRIPTOR_WORDS + Field.messageType]
 */
import { readFileSync } from 'node:fs';
import { assert } from '../base/assert.ts';
import { DESCRIPTOR_WORDS } from '../dhcp4/descriptor.ts';
import { DESCRIPTOR_WORDS as DESCRIPTOR6_WORDS } from '../dhcp6/descriptor.ts';
import {
  BATCH_MAX,
  KEY_BYTES_MAX,
  KEY_OFFSET,
  LENGTHS_OFFSET,
  MEMORY_PAGES,
  RELAYS_OFFSET,
  RELAYS_STRIDE,
  RESULTS_OFFSET,
  RESULTS6_OFFSET,
} from './layout.ts';

interface ClassifierExports {
  readonly classify4: (count: number) => void;
  readonly classify6: (count: number) => void;
  readonly hash: (offset: number, length: number) => number;
}

export class Classifier {
  /** Never grows, so the views and the addresses that the kernel has stay valid. */
  readonly memory: WebAssembly.Memory;
  /** The whole memory; the offsets in a descriptor are indexes into it. */
  readonly bytes: Uint8Array;
  /** The descriptors: field f of datagram i is `words[i * DESCRIPTOR_WORDS + f]`. */
  readonly words: Int32Array;
  /** The same for DHCPv6, with the words of dhcp6/descriptor.ts. */
  readonly words6: Int32Array;
  /** Where the relays of a DHCPv6 datagram lie: see `RelayLevels`. */
  readonly relays: Int32Array;
  readonly #lengths: Uint32Array;
  readonly #exports: ClassifierExports;

  /** @throws an Error that tells what to build when the module's file is missing */
  constructor() {
    this.memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES });
    const buffer = this.memory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer, RESULTS_OFFSET, BATCH_MAX * DESCRIPTOR_WORDS);
    this.words6 = new Int32Array(buffer, RESULTS6_OFFSET, BATCH_MAX * DESCRIPTOR6_WORDS);
    this.relays = new Int32Array(buffer, RELAYS_OFFSET, (BATCH_MAX * RELAYS_STRIDE) / 4);
    this.#lengths = new Uint32Array(buffer, LENGTHS_OFFSET, BATCH_MAX);
    const module = new WebAssembly.Module(readModule());
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory } });
    this.#exports = instance.exports as unknown as ClassifierExports;
  }

  /**
   * Says how long datagram `index` is.
   * @param length octets as sent; a length above INPUT_STRIDE marks a datagram that the kernel has cut
   */
  setLength(index: number, length: number): void {
    assert(index >= 0 && index < BATCH_MAX, 'a slot of the batch');
    this.#lengths[index] = length;
  }

  /** Writes the descriptors of the first `count` datagrams, 0..BATCH_MAX. */
  classify(count: number): void {
    assert(count >= 0 && count <= BATCH_MAX, 'at most a batch');
    this.#exports.classify4(count);
  }

  /** The same for datagrams of DHCPv6. */
  classify6(count: number): void {
    assert(count >= 0 && count <= BATCH_MAX, 'at most a batch');
    this.#exports.classify6(count);
  }

  /**
   * The RFC 3074 hash of a client key that is in no datagram, such as that of a lease.
   * @param key at most KEY_BYTES_MAX bytes
   * @returns 0..255
   */
  hash(key: Uint8Array): number {
    assert(key.length <= KEY_BYTES_MAX, 'a client key is shorter than a datagram');
    this.bytes.set(key, KEY_OFFSET);
    return this.#exports.hash(KEY_OFFSET, key.length);
  }
}

/** The file lies one folder up: dist/tandem.wasm for dist/wasm/module.js. */
function readModule(): Uint8Array {
  const file = new URL('../tandem.wasm', import.meta.url);
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`cannot read ${file.pathname}: build it with "npm run build:wasm"`, { cause });
  }
}
