/** Template classes: the value of an expression makes the name of a class. */
import type { ByteRange } from '../base/byte-range.ts';
import { NOT_FOUND, type OctetMap } from '../base/octet-map.ts';
import { hexDigit } from '../base/octet-writer.ts';
import type { Operand, Packet } from './packet.ts';
import type { Scratch } from './scratch.ts';

/** SPAWN_<template>_<value> is what a template makes. */
export const SPAWN_PREFIX = 'SPAWN_';

const PERCENT = 0x25;
/** What stands in the name as it is, beside letters and digits; all else is written as %XX, and % twice. */
const PLAIN = new Uint8Array(256);
for (const char of '!#$&*+-./:?@^_|~') PLAIN[char.charCodeAt(0)] = 1;
for (const [from, to] of ['09', 'AZ', 'az']) PLAIN.fill(1, from!.charCodeAt(0), to!.charCodeAt(0) + 1);

export class Template<P extends Packet> {
  readonly #value: Operand<P>;
  readonly #spawned: OctetMap;
  readonly #scratch: Scratch;
  readonly #name: ByteRange;

  /** @param spawned numbers of the classes that it may make, by the value in their name */
  constructor(value: Operand<P>, spawned: OctetMap, scratch: Scratch) {
    this.#value = value;
    this.#spawned = spawned;
    this.#scratch = scratch;
    this.#name = { bytes: scratch.bytes, offset: 0, length: 0 };
  }

  /** Assigns the class of the value, then the template's own, as in Kea; neither when the value is empty or an error. */
  assign(packet: P, id: number): void {
    const { range } = this.#value;
    this.#value.load(packet);
    if (range.length === 0 || this.#scratch.failed || !this.#escape(range)) return;
    const spawned = this.#spawned.find(this.#name);
    packet.classes.add(spawned);
    packet.classes.add(id);
    packet.classes.spawned?.put(id, this.#name, spawned !== NOT_FOUND);
  }

  #escape({ bytes, offset, length }: ByteRange): boolean {
    const out = this.#scratch.bytes;
    this.#name.offset = this.#scratch.take(3 * length);
    if (this.#scratch.failed) return false;
    let to = this.#name.offset;
    for (let i = 0; i < length; i++) {
      const octet = bytes[offset + i]!;
      if (PLAIN[octet] === 1) out[to++] = octet;
      else to += escapeOctet(octet, out, to);
    }
    this.#name.length = to - this.#name.offset;
    return true;
  }
}

function escapeOctet(octet: number, out: Uint8Array, at: number): number {
  out[at] = PERCENT;
  out[at + 1] = octet === PERCENT ? PERCENT : upper(hexDigit(octet >>> 4));
  if (octet === PERCENT) return 2;
  out[at + 2] = upper(hexDigit(octet & 15));
  return 3;
}

function upper(digit: number): number {
  return digit >= 0x61 ? digit - 0x20 : digit;
}
