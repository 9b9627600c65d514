/** The clients of the model test: what they are called, what they believe to hold, which answer they wait for. */
import type { World } from './model-worlds.ts';
import { ip } from './packets.ts';
import { mac, type Options } from './queries.ts';

export const CLIENTS = 14;
/** These three share a hardware address and are told apart by their identifiers. */
const SHARED_HW = [9, 10, 11];
/** Changes its hardware address with every message, never its identifier. */
const ROAMING = 12;
/** Sends its identifier in every other message only, as a machine does that boots by PXE first. */
const FORGETFUL = 13;
/** Clients from here on are in the second subnet. */
const FIRST_OF_SUBNET_2 = 10;

export interface Expectation {
  readonly xid: number;
  readonly sentSec: number;
  /** Steps of the run so far. */
  readonly step: number;
}

export class ModelClient {
  readonly number: number;
  readonly subnetId: number;
  /** [RFC2131 4.4.1] The lease runs from when the REQUEST was sent. */
  held: { readonly address: string; readonly untilSec: number } | null = null;
  offered: string | null = null;
  expected: Expectation | null = null;
  #messages = 0;

  constructor(number: number) {
    this.number = number;
    this.subnetId = number < FIRST_OF_SUBNET_2 ? 1 : 2;
  }

  /** Hardware address and options that tell who is speaking, for the next message. */
  identity(world: World): { readonly mac: string; readonly options: Options } {
    this.#messages++;
    const hw = SHARED_HW.includes(this.number)
      ? SHARED_HW[0]!
      : this.number === ROAMING && this.#messages % 2 === 0
        ? 100
        : this.number;
    const hasId = this.number >= 6 && !(this.number === FORGETFUL && this.#messages % 2 === 0);
    const options: (readonly [number, readonly number[]])[] = hasId ? [[61, [0, 7, this.number]]] : [];
    // The relay says by link selection which subnet this is. [RFC3527 3]
    options.push([82, [5, 4, ...ip(world.linkOf(this.number, this.subnetId))]]);
    return { mac: mac(hw), options };
  }

  holds(address: string, nowSec: number): boolean {
    return this.held !== null && this.held.address === address && this.held.untilSec >= nowSec;
  }
}

/** The client that a lease belongs to by what stands in it; null = none of the model's. */
export function ownerOf(hwAddress: Uint8Array, clientId: Uint8Array | null): number | null {
  if (clientId !== null) return clientId[2] ?? null;
  if (hwAddress.length !== 6) return null;
  const number = hwAddress[5]!;
  return number < CLIENTS ? number : null;
}
