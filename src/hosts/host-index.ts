/**
 * The host reservations, found by what clients identify themselves with. Made once a configuration; a search reads a
 * hash table and compares octets, whatever the number of hosts. Of a hundred thousand hosts none is in the processor's
 * caches, so that a search costs what it fetches: a place of the table, and one record.
 *
 *     table    open addressing, 2 words a place: number of the identifier + 1, 0 = empty; its hash, so that others are
 *              passed over without a look at their octets
 *     records  kind and length in one word, first host, number of hosts, then the octets, filled up to whole words; the
 *              number of an identifier is where its record begins
 *     hosts    by identifier, then by subnet: one device may have a reservation in each of many subnets
 */
import { HOST_IDENTIFIERS, type HostConfig, type HostIdentifier } from '../config/host-model.ts';

/** What a host is found by. */
export type IdentifiedHost = Pick<HostConfig, 'subnetId' | 'identifier' | 'identifierBytes'>;

/** The number of no identifier. */
export const NO_IDENTIFIER = -1;

const Word = { head: 0, firstHost: 1, hosts: 2, octets: 3 } as const;
const LENGTH_SHIFT = 3;

/** Number of a kind of identifier: its place in HOST_IDENTIFIERS. */
export function kindOf(identifier: HostIdentifier): number {
  return HOST_IDENTIFIERS.indexOf(identifier);
}

export class HostIndex<Host extends IdentifiedHost> {
  /** False when there is nothing to find. */
  readonly isEmpty: boolean;
  readonly #hosts: readonly Host[];
  readonly #records: Int32Array;
  /** The same memory. */
  readonly #octets: Uint8Array;
  readonly #table: Int32Array;

  /** @param hosts no two with one identifier in one subnet: the first would win */
  constructor(hosts: readonly Host[]) {
    this.isEmpty = hosts.length === 0;
    const groups = groupByIdentifier(hosts);
    this.#hosts = groups.flatMap((group) => group.sort((a, b) => a.subnetId - b.subnetId));
    this.#records = new Int32Array(groups.reduce((sum, [host]) => sum + recordWords(host!), 0));
    this.#octets = new Uint8Array(this.#records.buffer);
    this.#table = new Int32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(2, groups.length * 2))));
    let number = 0;
    let firstHost = 0;
    for (const group of groups) {
      const [{ identifier, identifierBytes }] = group as [Host];
      const { length } = identifierBytes;
      const kind = kindOf(identifier);
      this.#records.set([headOf(kind, length), firstHost, group.length], number);
      this.#octets.set(identifierBytes, octetsOf(number));
      this.#enter(number, hashOf(kind, identifierBytes, 0, length));
      number += recordWords(group[0]!);
      firstHost += group.length;
    }
  }

  #enter(number: number, hash: number): void {
    const mask = this.#table.length - 1;
    let at = (hash << 1) & mask;
    while (this.#table[at] !== 0) at = (at + 2) & mask;
    this.#table[at] = number + 1;
    this.#table[at + 1] = hash;
  }

  /** The number of an identifier that some host has, or NO_IDENTIFIER. @param kind from `kindOf` */
  find(kind: number, bytes: Uint8Array, offset: number, length: number): number {
    const hash = hashOf(kind, bytes, offset, length);
    const mask = this.#table.length - 1;
    for (let at = (hash << 1) & mask; this.#table[at] !== 0; at = (at + 2) & mask) {
      const number = this.#table[at]! - 1;
      if (this.#table[at + 1] === hash && this.#is(number, kind, bytes, offset, length)) return number;
    }
    return NO_IDENTIFIER;
  }

  #is(number: number, kind: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#records[number + Word.head] !== headOf(kind, length)) return false;
    const own = octetsOf(number);
    for (let i = 0; i < length; i++) if (this.#octets[own + i] !== bytes[offset + i]) return false;
    return true;
  }

  /** The host of an identifier in a subnet, or null. @param subnetId 0 = the global one */
  host(number: number, subnetId: number): Host | null {
    let low = this.#records[number + Word.firstHost]!;
    const end = low + this.#records[number + Word.hosts]!;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#hosts[middle]!.subnetId < subnetId) low = middle + 1;
      else high = middle;
    }
    const host = low < end ? this.#hosts[low]! : null;
    return host !== null && host.subnetId === subnetId ? host : null;
  }
}

function headOf(kind: number, length: number): number {
  return (length << LENGTH_SHIFT) | kind;
}

/** Where the octets of an identifier begin. */
function octetsOf(number: number): number {
  return (number + Word.octets) * 4;
}

function recordWords({ identifierBytes }: IdentifiedHost): number {
  return Word.octets + Math.ceil(identifierBytes.length / 4);
}

/** FNV-1a. Nobody but the configuration puts anything into the table, so that no client can make a chain longer. */
function hashOf(kind: number, bytes: Uint8Array, offset: number, length: number): number {
  let hash = 0x811c9dc5 ^ kind;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[offset + i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function groupByIdentifier<Host extends IdentifiedHost>(hosts: readonly Host[]): Host[][] {
  const groups = new Map<string, Host[]>();
  for (const host of hosts) {
    const { buffer, byteOffset, length } = host.identifierBytes;
    const key = host.identifier + Buffer.from(buffer, byteOffset, length).toString('latin1');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [host]);
    else group.push(host);
  }
  return Array.from(groups.values());
}
