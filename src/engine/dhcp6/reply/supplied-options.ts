/**
 * Options that relays supply for the client (RFC 6422), as far as the configuration lets them. One object a shard.
 *
 *     option 66 of a relay   { code[2] | length[2] | data } ...
 */
import { OptionCode } from '../../../dhcp6/codes.ts';
import { OptionReader } from '../../../dhcp6/option-reader.ts';
import type { ReplyWriter } from '../../../dhcp6/reply-writer.ts';
import type { Query6 } from '../query.ts';
import { SERVER_MADE } from './reply-plan.ts';

const CODES = 0x1_0000;
/** Options of one reply: relays that supply more lose the rest. */
const SUPPLIED_MAX = 64;
/** [RFC6422 9] Allowed by the registry, whatever the configuration says. */
const ALWAYS_ALLOWED = OptionCode.erpLocalDomainName;

export class SuppliedOptions6 {
  readonly #query: Query6;
  readonly #inner: OptionReader;
  readonly #isAllowed = new Uint8Array(CODES);
  /** Ascending by code, each code once; the first `#count` are those of the query in work. */
  readonly #codes = new Uint16Array(SUPPLIED_MAX);
  readonly #offsets = new Uint32Array(SUPPLIED_MAX);
  readonly #lengths = new Uint16Array(SUPPLIED_MAX);
  #count = 0;
  /** The next one that is written. */
  #next = 0;

  /** @param allowed codes that relays may supply, beside that of the registry */
  constructor(query: Query6, allowed: readonly number[]) {
    this.#query = query;
    this.#inner = new OptionReader(query.bytes);
    for (const code of [ALWAYS_ALLOWED, ...allowed])
      if (!SERVER_MADE.has(code) && code !== OptionCode.vendorOptions) this.#isAllowed[code] = 1;
  }

  /** Reads what the relays of the query supply: the nearest to the client comes before others. */
  begin(): void {
    const { relays } = this.#query;
    this.#count = 0;
    this.#next = 0;
    for (let level = relays.count - 1; level >= 0; level--) {
      relays.read(level);
      if (!relays.find(OptionCode.relaySuppliedOptions)) continue;
      const { offset, length } = relays.options;
      this.#inner.point(offset, offset + length);
      while (this.#inner.next()) if (this.#isAllowed[this.#inner.code] === 1) this.#add();
    }
  }

  /** Adds the option that was read last, unless there is one of its code. */
  #add(): void {
    const { code, offset, length } = this.#inner;
    let at = this.#count;
    for (let i = 0; i < this.#count; i++) if (this.#codes[i] === code) return;
    if (at === SUPPLIED_MAX) return;
    for (; at > 0 && this.#codes[at - 1]! > code; at--) {
      this.#codes[at] = this.#codes[at - 1]!;
      this.#offsets[at] = this.#offsets[at - 1]!;
      this.#lengths[at] = this.#lengths[at - 1]!;
    }
    this.#codes[at] = code;
    this.#offsets[at] = offset;
    this.#lengths[at] = length;
    this.#count++;
  }

  /** Writes those below a code that were not written yet. */
  writeBelow(reply: ReplyWriter, end: number): void {
    for (; this.#next < this.#count && this.#codes[this.#next]! < end; this.#next++)
      reply.option(
        this.#codes[this.#next]!,
        this.#query.bytes,
        this.#offsets[this.#next]!,
        this.#lengths[this.#next]!,
      );
  }

  /** [RFC6422 6] Leaves out one that the server has an option of its own for. Pre: those below are written */
  leaveOut(code: number): void {
    if (this.#next < this.#count && this.#codes[this.#next] === code) this.#next++;
  }
}
