/**
 * Which classes of a pass have to be looked at for a query: those whose test may be true. Tests of the same value against
 * constants share one lookup; all others are always looked at. What is left over is a set of positions, so that the order of
 * the file is kept whatever was looked up first.
 */

import { NOT_FOUND } from '../base/octet-map.ts';
import type { Compiler } from './compile-test.ts';
import { type Group, groupTests } from './groups.ts';
import type { Packet } from './packet.ts';
import type { Scratch } from './scratch.ts';
import type { TestNode } from './syntax-tree.ts';

export class Prefilter<P extends Packet> {
  /** A bit for each position in the file: has to be looked at for the query in work. */
  readonly words: Uint32Array;
  readonly #always: Uint32Array;
  readonly #groups: readonly Group<P>[];
  readonly #scratch: Scratch;

  /** @param tests those of this pass by position in the file, of `count` positions; null = no test that could be looked up */
  constructor(
    tests: ReadonlyMap<number, TestNode | null>,
    count: number,
    compiler: Compiler<P>,
    scratch: Scratch,
  ) {
    this.words = new Uint32Array((count + 31) >>> 5);
    this.#always = new Uint32Array(this.words.length);
    this.#scratch = scratch;
    const { groups, ungrouped } = groupTests(tests, compiler);
    this.#groups = groups;
    for (const position of ungrouped) setBit(this.#always, position);
  }

  /** Makes `words` what has to be looked at for a query. */
  look(packet: P): void {
    for (let i = 0; i < this.words.length; i++) this.words[i] = this.#always[i]!;
    for (let i = 0; i < this.#groups.length; i++) {
      const { operand, map, positions } = this.#groups[i]!;
      this.#scratch.reset();
      operand.load(packet);
      const found = map.find(operand.range);
      if (found === NOT_FOUND) continue;
      const list = positions[found]!;
      for (let k = 0; k < list.length; k++) setBit(this.words, list[k]!);
    }
  }
}

function setBit(words: Uint32Array, position: number): void {
  words[position >>> 5]! |= 1 << (position & 31);
}
