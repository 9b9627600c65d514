/**
 * Kea's flex_option library: expressions of the query add, replace and remove options of a reply that is otherwise complete.
 * The entries are followed in Kea's order; one that cannot be evaluated ends the work, what was done before it stays.
 */
import { emptyRange } from '../../base/byte-range.ts';
import { type ClassIds, NO_CLASS } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import type { Operand, Test } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { FlexEntriesConfig, FlexOptionConfig, FlexSubOptionConfig } from '../../config/hook-model.ts';
import { OPTIONS_OFFSET, OptionCode } from '../../dhcp4/codes.ts';
import { EncodedTexts } from '../../dhcp4/encoded-texts.ts';
import { BOOTP_BYTES_MIN, DATAGRAM_BYTES_MAX } from '../../dhcp4/reply-size.ts';
import { G, type StatisticsWriter } from '../figures/statistics.ts';
import type { Query } from '../query.ts';
import { FlexContainer } from './flex-container.ts';
import { ReplyOptions } from './reply-options.ts';
import type { ReplySlots } from './reply-slots.ts';

interface FlexEntry {
  readonly code: number;
  /** NO_CLASS = the query may be in any. */
  readonly classId: number;
  /** What is there already stays. */
  readonly keeps: boolean;
  /** Null = the entry removes. */
  readonly value: Operand<Packet4> | null;
  readonly test: Test<Packet4> | null;
  /** Null = the value is the octets themselves. */
  readonly texts: EncodedTexts | null;
}

interface FlexSubEntry extends FlexEntry {
  readonly containerClassId: number;
  readonly config: FlexSubOptionConfig;
}

type Slots = Pick<ReplySlots, 'bytes' | 'slotBytes'>;

/** What became of an entry. */
const Done = { nothing: 0, changed: 1, failed: 2 } as const;

function compileEntry(
  { code, clientClass, action }: FlexOptionConfig,
  compiler: Compiler<Packet4>,
  classes: ClassIds,
): FlexEntry {
  const isRemoval = action.kind === 'remove';
  return {
    code,
    classId: clientClass === '' ? NO_CLASS : classes.intern(clientClass),
    keeps: action.kind === 'add',
    value: isRemoval ? null : compiler.value(action.value),
    test: isRemoval ? compiler.test(action.test) : null,
    texts: isRemoval || action.definition === null ? null : new EncodedTexts(action.definition),
  };
}

function isFor(query: Query, classId: number): boolean {
  return classId === NO_CLASS || query.classes.has(classId);
}

export class FlexOptions {
  readonly #statistics: StatisticsWriter;
  readonly #scratch = new Scratch();
  readonly #entries: readonly FlexEntry[];
  readonly #subEntries: readonly FlexSubEntry[];
  readonly #reply: ReplyOptions;
  readonly #container: FlexContainer;
  /** The value in work. */
  readonly #value = emptyRange();

  /**
   * @param classes gets the classes that the entries ask for
   * @param replyBytesMax octets of the longest reply
   */
  constructor(
    { options, subOptions }: FlexEntriesConfig,
    classes: ClassIds,
    statistics: StatisticsWriter,
    replyBytesMax: number,
  ) {
    this.#statistics = statistics;
    const compiler = new Compiler(this.#scratch, classes, QUERY_ACCESS_4);
    this.#entries = options.map((each) => compileEntry(each, compiler, classes));
    this.#subEntries = subOptions.map((config) => ({
      ...compileEntry(config, compiler, classes),
      containerClassId: config.containerClass === '' ? NO_CLASS : classes.intern(config.containerClass),
      config,
    }));
    this.#reply = new ReplyOptions(replyBytesMax);
    this.#container = new FlexContainer(this.#reply);
  }

  /**
   * Changes the options of the finished reply in a slot.
   * @param length octets of the reply
   * @returns its length now; 0 when no datagram, or not its slot, can hold it
   */
  apply(query: Query, { bytes, slotBytes }: Slots, slot: number, length: number): number {
    const start = slot * slotBytes;
    const from = start + OPTIONS_OFFSET;
    this.#reply.load(bytes, from);
    if (!this.#change(query)) return length;
    const end = start + Math.min(slotBytes, DATAGRAM_BYTES_MAX);
    let at = this.#reply.store(bytes, from, end);
    if (at >= end) return 0;
    bytes[at++] = OptionCode.end;
    for (; at < start + BOOTP_BYTES_MIN; at++) bytes[at] = 0;
    return at - start;
  }

  /** Follows the entries. @returns whether anything was changed */
  #change(query: Query): boolean {
    let isChanged = false;
    let done: number = Done.nothing;
    for (let i = 0; i < this.#entries.length && done !== Done.failed; i++) {
      done = this.#follow(this.#entries[i]!, query);
      if (done === Done.changed) isChanged = true;
    }
    for (let i = 0; i < this.#subEntries.length && done !== Done.failed; i++) {
      done = this.#followInside(this.#subEntries[i]!, query);
      if (done === Done.changed) isChanged = true;
    }
    if (done === Done.failed) this.#statistics.add(G['tandem-flex-option-errors']);
    return isChanged;
  }

  #follow(entry: FlexEntry, query: Query): number {
    const { code, classId, keeps, test } = entry;
    const reply = this.#reply;
    if (!isFor(query, classId)) return Done.nothing;
    if (test !== null) {
      if (!reply.has(code)) return Done.nothing;
      const asks = this.#asks(test, query);
      if (asks === Done.changed) reply.remove(code);
      return asks;
    }
    if (keeps && reply.has(code)) return Done.nothing;
    const made = this.#makeValue(entry, query);
    if (made !== Done.changed) return made;
    const isFull = !reply.put(code, this.#value, this.#value.length);
    return isFull ? Done.failed : Done.changed;
  }

  #followInside(entry: FlexSubEntry, query: Query): number {
    const { code, classId, containerClassId, keeps, test, config } = entry;
    const container = this.#container;
    if (!isFor(query, containerClassId) || !isFor(query, classId)) return Done.nothing;
    const isThere = container.open(config);
    if (test !== null) {
      if (!isThere || !container.has(code)) return Done.nothing;
      const asks = this.#asks(test, query);
      if (asks !== Done.changed || container.isOfOther) return asks === Done.failed ? asks : Done.nothing;
      return container.remove(code, config.touchesContainer) ? Done.changed : Done.failed;
    }
    if (!isThere && !config.touchesContainer) return Done.nothing;
    const made = this.#makeValue(entry, query);
    if (made !== Done.changed) return made;
    if (container.isOfOther || (keeps && isThere && container.has(code))) return Done.nothing;
    return container.put(code, this.#value) ? Done.changed : Done.failed;
  }

  /** Whether a removal is asked for. */
  #asks(test: Test<Packet4>, query: Query): number {
    this.#scratch.reset();
    const isTrue = test(query);
    if (this.#scratch.failed) return Done.failed;
    return isTrue ? Done.changed : Done.nothing;
  }

  /** Makes the value of an entry; an empty one asks for nothing. */
  #makeValue({ value, texts }: FlexEntry, query: Query): number {
    const out = this.#value;
    this.#scratch.reset();
    value!.load(query);
    if (this.#scratch.failed) return Done.failed;
    const { bytes, offset, length } = value!.range;
    if (length === 0) return Done.nothing;
    out.bytes = bytes;
    out.offset = offset;
    out.length = length;
    if (texts === null) return Done.changed;
    const data = texts.encode(out);
    if (data === null) return Done.failed;
    out.bytes = data;
    out.offset = 0;
    out.length = data.length;
    return Done.changed;
  }
}
