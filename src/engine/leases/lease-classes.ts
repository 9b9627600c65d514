/**
 * The classes of a client as they stand in its leases, because they are what leases are counted by: a member of "ISC" in the user
 * context. One object a shard.
 */
import { type ByteRange, emptyRange, equalRanges } from '../../base/byte-range.ts';
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import type { SpawnedNames } from '../../classes/spawned-names.ts';
import { CLIENT_CLASSES, IscMember } from '../../lease/context-member.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../lease/limits.ts';

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const BLANK = 0x20;
const QUOTE = 0x22;
/** What a user context has room for beside the classes of a lease: what a relay said of its client, and braces. */
const OTHER_BYTES = 2048;
const LIST_BYTES_MAX = USER_CONTEXT_BYTES_MAX - OTHER_BYTES;

export class LeaseClasses {
  /** Names of the classes as JSON. */
  readonly #names: readonly Uint8Array[];
  /** The names of the classes of the client in work, as a JSON list spelled as by Kea. */
  readonly #list = emptyRange();
  readonly #found = emptyRange();
  readonly #made: ByteRange = { bytes: new Uint8Array(USER_CONTEXT_BYTES_MAX), offset: 0, length: 0 };
  readonly #member = new IscMember(CLIENT_CLASSES);

  /**
   * @param classes all that exist
   * @param spawned of the queries, null = there are no templates
   */
  constructor(classes: ClassIds, spawned: SpawnedNames | null) {
    const encoder = new TextEncoder();
    this.#names = classes.names().map((name) => encoder.encode(JSON.stringify(name)));
    const known = this.#names.reduce((sum, { length }) => sum + length + 2, 4);
    this.#list.bytes = new Uint8Array(known + (spawned?.jsonBytesMax ?? 0));
  }

  /** Takes the classes that a client has now: the other methods are of them. */
  read({ ids, length, spawned }: ClassSet): void {
    const { bytes } = this.#list;
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
    this.#list.length = at;
  }

  /** What a template has made stands before the template. */
  #putSpawned({ bytes, offset, length }: ByteRange, from: number): number {
    const out = this.#list.bytes;
    let at = from;
    out[at++] = QUOTE;
    for (let i = 0; i < length; i++) out[at++] = bytes[offset + i]!;
    out[at++] = QUOTE;
    out[at++] = COMMA;
    out[at++] = BLANK;
    return at;
  }

  /** Whether a lease has room for them. */
  haveRoom(): boolean {
    return this.#list.length <= LIST_BYTES_MAX;
  }

  /** Whether a user context names these classes, in this order. */
  areIn(context: ByteRange): boolean {
    return this.#member.find(context, this.#found) && equalRanges(this.#found, this.#list);
  }

  /**
   * A user context with these classes.
   * @returns `context` itself where it has no room for them, else a range that is valid until the next call
   */
  putInto(context: ByteRange): ByteRange {
    const made = this.#made;
    made.length = this.#member.put(context, this.#list, made.bytes);
    return made.length > 0 ? made : context;
  }
}
