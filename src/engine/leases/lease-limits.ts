/**
 * The limits library, as far as it limits leases: a subnet or a class has so many at most, and the classes of its client are kept
 * in each lease, because they are what leases are counted by. [Kea] A lease that its client has already is prolonged whatever
 * the counts; the counts themselves are lease/limited-counts.ts.
 */
import { emptyRange, equalRanges } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import type { SpawnedNames } from '../../classes/spawned-names.ts';
import { SPAWN_PREFIX } from '../../classes/template.ts';
import type { LimitsConfig, ScopeLimits } from '../../config/hook-model.ts';
import type { ServerConfig } from '../../config/model.ts';
import { CLIENT_CLASSES, IscMember } from '../../lease/context-member.ts';
import type { ByteRange, LeaseRows } from '../../lease/dhcp4/rows.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { allocateLimitedCounts, type LimitedCountsMemory } from '../../lease/limited-counts.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';
import { allocateSpawnedCounts } from '../../lease/spawned-counts.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';

/** A subnet or class with a limit of leases. */
interface Limited {
  readonly limit: number;
  /** Of its number of leases. */
  readonly cell: number;
}

function isLimited({ addressLimit }: ScopeLimits<unknown>): boolean {
  return addressLimit !== null;
}

function limitedSubnets({ subnets }: LimitsConfig): readonly ScopeLimits<number>[] {
  return subnets.filter(isLimited);
}

/** Of a template too: a reservation may put a client into it without a class of its own. */
function limitedClasses({ classes, templates }: LimitsConfig): readonly ScopeLimits<string>[] {
  return classes.concat(templates).filter(isLimited);
}

/** The counts that a configuration needs, or null. @param leasesMax rows of the lease table */
export function limitedCountsOf(
  { hooks: { limits } }: ServerConfig,
  leasesMax: number,
): LimitedCountsMemory | null {
  if (limits === null) return null;
  const subnets = limitedSubnets(limits).map(({ key }) => key);
  const classes = limitedClasses(limits).map(({ key }) => key);
  if (subnets.length + classes.length === 0) return null;
  const prefixes = limits.templates.filter(isLimited).map(({ key }) => SPAWN_PREFIX.concat(key, '_'));
  const spawned = prefixes.length === 0 ? null : allocateSpawnedCounts(leasesMax, prefixes);
  return allocateLimitedCounts(subnets, classes, spawned);
}

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const BLANK = 0x20;
const QUOTE = 0x22;
/** What a user context has room for beside the classes of a lease: what a relay said of its client, and braces. */
const OTHER_BYTES = 2048;
const LIST_BYTES_MAX = USER_CONTEXT_BYTES_MAX - OTHER_BYTES;

export class LeaseLimits {
  /** By position of the subnet in the configuration, and by number of the class. */
  readonly #ofSubnet: readonly (Limited | undefined)[];
  readonly #ofClass: readonly (Limited | undefined)[];
  /** Names of the classes as JSON. */
  readonly #names: readonly Uint8Array[];
  readonly #value = emptyRange();
  readonly #made = new Uint8Array(USER_CONTEXT_BYTES_MAX);
  readonly #former = emptyRange();
  readonly #member = new IscMember(CLIENT_CLASSES);

  readonly #hasTemplates: boolean;

  /**
   * @param classes all that exist
   * @param spawned of the queries, null = there are no templates
   */
  constructor(
    config: LimitsConfig,
    subnets: readonly CompiledSubnet[],
    classes: ClassIds,
    spawned: SpawnedNames | null,
  ) {
    const bySubnet = limitedSubnets(config);
    const positions = new Map(subnets.map(({ id, index }) => [id, index]));
    const ofSubnet: (Limited | undefined)[] = [];
    for (const [cell, { key, addressLimit }] of bySubnet.entries()) {
      const position = positions.get(key);
      if (position !== undefined) ofSubnet[position] = { limit: addressLimit!, cell };
    }
    const ofClass: (Limited | undefined)[] = [];
    for (const [index, { key, addressLimit }] of limitedClasses(config).entries())
      ofClass[classes.find(key)] = { limit: addressLimit!, cell: bySubnet.length + index };
    this.#ofSubnet = ofSubnet;
    this.#ofClass = ofClass;
    const encoder = new TextEncoder();
    this.#names = classes.names().map((name) => encoder.encode(JSON.stringify(name)));
    this.#hasTemplates = config.templates.some(isLimited);
    const known = this.#names.reduce((sum, { length }) => sum + length + 2, 4);
    this.#value.bytes = new Uint8Array(known + (spawned?.jsonBytesMax ?? 0));
  }

  /**
   * Whether the client of the query may be given an address that is no lease of its own: with the lease that it would give up
   * for it, and with the one that is over at the address, its subnet and its classes stay within their limits.
   * @param mine the client's row, or NO_SLOT
   */
  isOver({ book, query, subnet }: Context, address: number, mine: number): boolean {
    const counts = book.limited;
    if (counts === null) return false;
    const there = book.table.findByAddress(address);
    const other = there === mine ? NO_SLOT : there;
    if (mine !== NO_SLOT) book.countOut(mine);
    if (other !== NO_SLOT) book.countOut(other);
    const ofSubnet = this.#ofSubnet[subnet!.index];
    let isOver = ofSubnet !== undefined && counts.count(ofSubnet.cell) >= ofSubnet.limit;
    const { ids, length, spawned } = query.classes;
    for (let i = 0; i < length && !isOver; i++) {
      const ofClass = this.#ofClass[ids[i]!];
      if (ofClass === undefined) continue;
      const made = spawned === null ? null : spawned.find(ids[i]!);
      const isCountedAlone = made !== null && counts.spawned !== null;
      isOver =
        (isCountedAlone ? counts.spawned.count(made.name) : counts.count(ofClass.cell)) >= ofClass.limit;
    }
    if (other !== NO_SLOT) book.countIn(other);
    if (mine !== NO_SLOT) book.countIn(mine);
    // Classes that a lease has no room for would not be counted: clients choose how long their names are.
    return isOver || (this.#hasTemplates && this.#list(query.classes).length > LIST_BYTES_MAX);
  }

  /** Whether a row names these classes, in this order. */
  hasClasses(rows: LeaseRows, slot: number, classes: ClassSet): boolean {
    const context = this.#former;
    rows.contextRange(slot, context);
    return this.#member.find(context, context) && equalRanges(context, this.#list(classes));
  }

  /**
   * Puts the classes into a user context. One that has no room for them stays as it is.
   * @param context owns memory for the longest context
   */
  putClasses(context: ByteRange, classes: ClassSet): void {
    const length = this.#member.put(context, this.#list(classes), this.#made);
    for (let i = 0; i < length; i++) context.bytes[context.offset + i] = this.#made[i]!;
    if (length > 0) context.length = length;
  }

  /** The names of the classes as a JSON list, spelled as by Kea. */
  #list({ ids, length, spawned }: ClassSet): ByteRange {
    const { bytes } = this.#value;
    let at = 0;
    bytes[at++] = OPEN_LIST;
    for (let i = 0; i < length; i++) {
      if (i > 0) bytes[at++] = COMMA;
      bytes[at++] = BLANK;
      const made = spawned === null ? null : spawned.find(ids[i]!);
      if (made !== null && !made.hasNumber) at = this.#putSpawned(made.name, at);
      const name = this.#names[ids[i]!]!;
      for (let n = 0; n < name.length; n++) bytes[at++] = name[n]!;
    }
    bytes[at++] = BLANK;
    bytes[at++] = CLOSE_LIST;
    this.#value.length = at;
    return this.#value;
  }

  /** What a template has made stands before the template. */
  #putSpawned({ bytes, offset, length }: ByteRange, from: number): number {
    const out = this.#value.bytes;
    let at = from;
    out[at++] = QUOTE;
    for (let i = 0; i < length; i++) out[at++] = bytes[offset + i]!;
    out[at++] = QUOTE;
    out[at++] = COMMA;
    out[at++] = BLANK;
    return at;
  }
}
