/** Kea's flex_id library: an expression makes an identifier out of a query, by which reservations are found. */
import type { ByteRange } from '../base/byte-range.ts';
import type { ClassIds } from '../classes/class-ids.ts';
import { Compiler } from '../classes/compile-test.ts';
import type { Operand } from '../classes/packet.ts';
import { Scratch } from '../classes/scratch.ts';
import type { FlexIdConfig } from '../config/hook-model.ts';
import type { Query } from './query.ts';

export class FlexId {
  readonly #scratch = new Scratch();
  readonly #value: Operand;

  /** @param classes gets the classes that the expression asks for */
  constructor({ identifier }: FlexIdConfig, classes: ClassIds) {
    this.#value = new Compiler(this.#scratch, classes).value(identifier);
  }

  /** @param out the identifier, valid until the next query; empty when there is none */
  read(query: Query, out: ByteRange): void {
    const { range } = this.#value;
    this.#scratch.reset();
    this.#value.load(query);
    out.bytes = range.bytes;
    out.offset = range.offset;
    out.length = this.#scratch.failed ? 0 : range.length;
  }
}
