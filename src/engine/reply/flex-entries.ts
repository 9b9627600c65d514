/**
 * Kea's flex_option library: expressions of the query add, replace and remove options of a reply that is otherwise complete, of
 * either family. The entries are followed in Kea's order; one that cannot be evaluated ends the work, what was done before it stays.
 */
import { emptyRange, setRange } from '../../base/byte-range.ts';
import { type ClassIds, NO_CLASS } from '../../classes/class-ids.ts';
import { Compiler } from '../../classes/compile-test.ts';
import type { Operand, Packet, QueryAccess, Test } from '../../classes/packet.ts';
import { Scratch } from '../../classes/scratch.ts';
import type { FlexEntriesConfig, FlexOptionConfig, FlexSubOptionConfig } from '../../config/hook-model.ts';
import { EncodedTexts } from '../../options/encoded-texts.ts';
import type { StatisticsWriter } from '../figures/statistics.ts';
import { type ChangingOptions, FlexContainer, type SubOptionLayout } from './flex-container.ts';

interface FlexEntry<P extends Packet> {
  readonly code: number;
  /** NO_CLASS = the query may be in any. */
  readonly classId: number;
  /** What is there already stays. */
  readonly keeps: boolean;
  /** Null = the entry removes. */
  readonly value: Operand<P> | null;
  readonly test: Test<P> | null;
  /** Null = the value is the octets themselves. */
  readonly texts: EncodedTexts | null;
}

interface FlexSubEntry<P extends Packet> extends FlexEntry<P> {
  readonly containerClassId: number;
  readonly config: FlexSubOptionConfig;
}

/** What a family's replies are changed by. */
export interface FlexFamily<P extends Packet> {
  readonly access: QueryAccess<P>;
  readonly layout: SubOptionLayout;
  /** Statistics cell of the entries that could not be followed. */
  readonly errorsCell: number;
}

/** What became of an entry. */
const Done = { nothing: 0, changed: 1, failed: 2 } as const;

function compileEntry<P extends Packet>(
  { code, clientClass, action }: FlexOptionConfig,
  compiler: Compiler<P>,
  classes: ClassIds,
): FlexEntry<P> {
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

function isFor(query: Packet, classId: number): boolean {
  return classId === NO_CLASS || query.classes.has(classId);
}

export class FlexEntries<P extends Packet> {
  readonly #statistics: StatisticsWriter;
  readonly #scratch = new Scratch();
  readonly #entries: readonly FlexEntry<P>[];
  readonly #subEntries: readonly FlexSubEntry<P>[];
  readonly #errorsCell: number;
  readonly #reply: ChangingOptions;
  readonly #container: FlexContainer;
  /** The value in work. */
  readonly #value = emptyRange();

  /**
   * @param classes gets the classes that the entries ask for
   * @param reply the options of the reply in work
   */
  constructor(
    { options, subOptions }: FlexEntriesConfig,
    classes: ClassIds,
    statistics: StatisticsWriter,
    reply: ChangingOptions,
    { access, errorsCell, layout }: FlexFamily<P>,
  ) {
    this.#statistics = statistics;
    const compiler = new Compiler(this.#scratch, classes, access);
    this.#entries = options.map((each) => compileEntry(each, compiler, classes));
    this.#subEntries = subOptions.map((config) => ({
      ...compileEntry(config, compiler, classes),
      containerClassId: config.containerClass === '' ? NO_CLASS : classes.intern(config.containerClass),
      config,
    }));
    this.#errorsCell = errorsCell;
    this.#reply = reply;
    this.#container = new FlexContainer(reply, layout);
  }

  /** Follows the entries. @returns whether anything was changed */
  change(query: P): boolean {
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
    if (done === Done.failed) this.#statistics.add(this.#errorsCell);
    return isChanged;
  }

  #follow(entry: FlexEntry<P>, query: P): number {
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

  #followInside(entry: FlexSubEntry<P>, query: P): number {
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
  #asks(test: Test<P>, query: P): number {
    this.#scratch.reset();
    const isTrue = test(query);
    if (this.#scratch.failed) return Done.failed;
    return isTrue ? Done.changed : Done.nothing;
  }

  /** Makes the value of an entry; an empty one asks for nothing. */
  #makeValue({ value, texts }: FlexEntry<P>, query: P): number {
    const out = this.#value;
    this.#scratch.reset();
    value!.load(query);
    if (this.#scratch.failed) return Done.failed;
    const { bytes, offset, length } = value!.range;
    if (length === 0) return Done.nothing;
    setRange(out, bytes, offset, length);
    if (texts === null) return Done.changed;
    const data = texts.encode(out);
    if (data === null) return Done.failed;
    setRange(out, data, 0, data.length);
    return Done.changed;
  }
}
