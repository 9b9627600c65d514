/**
 * The relays that a message came through, one after the other: what each has put into its header and into its options. Level
 * 0 is the nearest to the server, the outermost, as Kea counts them.
 *
 *     RELAY-FORW   12 | hop-count | link-address[16] | peer-address[16] | options        RFC 8415 section 9
 */
import { assert } from '../base/assert.ts';
import {
  HOP_COUNT_OFFSET,
  LINK_ADDRESS_OFFSET,
  PEER_ADDRESS_OFFSET,
  RELAY_LEVELS_MAX,
  RELAY_OPTIONS_OFFSET,
} from './codes.ts';
import { RELAY_WORDS } from './descriptor.ts';
import { OptionReader } from './option-reader.ts';

export class RelayLevels {
  /** The memory that holds the datagrams. */
  readonly bytes: Uint8Array;
  readonly #places: Int32Array;
  /** Reads the options of the level that was read last; `find` sets it to one. */
  readonly options: OptionReader;
  #first = 0;
  #header = 0;
  #end = 0;
  /** Levels of this message, 0..RELAY_LEVELS_MAX. */
  count = 0;

  /** @param places where the classifier has put the places of all relays of a batch */
  constructor(bytes: Uint8Array, places: Int32Array) {
    this.bytes = bytes;
    this.#places = places;
    this.options = new OptionReader(bytes);
  }

  /** Goes over to datagram `index` of the batch. @param count its `Field.relayCount` */
  point(index: number, count: number): void {
    assert(count >= 0 && count <= RELAY_LEVELS_MAX, 'as many relays as the classifier takes');
    this.#first = index * RELAY_LEVELS_MAX * RELAY_WORDS;
    this.count = count;
  }

  /** Goes over to a level, below `count`. */
  read(level: number): void {
    assert(level >= 0 && level < this.count, 'a relay of this message');
    const place = this.#first + level * RELAY_WORDS;
    this.#header = this.#places[place]!;
    this.#end = this.#places[place + 1]!;
    this.rewind();
  }

  get hopCount(): number {
    return this.bytes[this.#header + HOP_COUNT_OFFSET]!;
  }

  /** Where the 16 octets of the link-address are; behind them follow those of the peer-address. */
  get linkAddressOffset(): number {
    return this.#header + LINK_ADDRESS_OFFSET;
  }

  get peerAddressOffset(): number {
    return this.#header + PEER_ADDRESS_OFFSET;
  }

  /** Goes back to before the first option of the level; one of them holds the relayed message. */
  rewind(): void {
    this.options.point(this.#header + RELAY_OPTIONS_OFFSET, this.#end);
  }

  /** Finds the first option of a code in the level. @returns whether there is one: then `options` is at it */
  find(code: number): boolean {
    this.rewind();
    return this.options.find(code);
  }
}
