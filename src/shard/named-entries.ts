/**
 * A list of entries in shared memory, each some words and the name of an interface:
 *
 *     i32 count | entry ...      entry = words | 16 octets name
 */
import { assert } from '../base/assert.ts';

/** With its terminator; <linux/if.h>. */
const NAME_BYTES = 16;
const NAME_WORDS = NAME_BYTES / 4;

export class NamedEntries {
  readonly #words: number;
  readonly #max: number;

  /** @param words of an entry. @param max entries */
  constructor(words: number, max: number) {
    this.#words = words;
    this.#max = max;
  }

  allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + this.#max * (this.#words + NAME_WORDS)) * 4);
  }

  /** @param fill writes the words of an entry at `words[at]`, i32 each */
  write<Entry extends { readonly interfaceName: string }>(
    table: SharedArrayBuffer,
    entries: readonly Entry[],
    fill: (words: Int32Array, at: number, entry: Entry) => void,
  ): void {
    assert(entries.length <= this.#max, 'the entries fit the table');
    const words = new Int32Array(table);
    const bytes = new Uint8Array(table);
    const encoder = new TextEncoder();
    words[0] = entries.length;
    for (let i = 0; i < entries.length; i++) {
      const at = this.#at(i);
      fill(words, at, entries[i]!);
      const name = encoder.encode(entries[i]!.interfaceName);
      assert(name.length < NAME_BYTES, 'the name of an interface');
      const nameAt = (at + this.#words) * 4;
      bytes.fill(0, nameAt, nameAt + NAME_BYTES);
      bytes.set(name, nameAt);
    }
  }

  /** @param read makes an entry out of its words at `words[at]` */
  read<Entry>(
    table: SharedArrayBuffer,
    read: (words: Int32Array, at: number, interfaceName: string) => Entry,
  ): Entry[] {
    const words = new Int32Array(table);
    const decoder = new TextDecoder();
    const entries: Entry[] = [];
    for (let i = 0; i < words[0]!; i++) {
      const at = this.#at(i);
      // Text is decoded from memory of one thread only.
      const name = new Uint8Array(table, (at + this.#words) * 4, NAME_BYTES).slice();
      entries.push(read(words, at, decoder.decode(name.subarray(0, name.indexOf(0)))));
    }
    return entries;
  }

  #at(index: number): number {
    return 1 + index * (this.#words + NAME_WORDS);
  }
}
