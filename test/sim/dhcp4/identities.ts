/**
 * What DHCPv4 clients call themselves, by their numbers: most by their hardware address, some by a client identifier. Some are copies of
 * a machine that runs already, some have the identifier of another machine, as of a disk image, some its hardware address.
 */
import { formatHex } from '../../../src/base/hex.ts';

const EACH = 8;
/** By the number of a client modulo EACH. */
const COPY = 6;
const HAS_IDENTIFIER: readonly number[] = [2, 3, 7, 0];
const SAME_IDENTIFIER = 3;
const SAME_HARDWARE: readonly number[] = [COPY, 0];
/** The type of an identifier that is no hardware address. */
const OPAQUE = 0;

export interface Identity4 {
  readonly hardwareAddress: string;
  /** Option 61, null = none is sent. */
  readonly identifier: readonly number[] | null;
}

/** Of nobody else. @param number of the client, 1... */
export function plainIdentity4(number: number): Identity4 {
  return { hardwareAddress: hardwareAddress(number), identifier: null };
}

/** @param number of the client, 1... */
export function identity4Of(number: number): Identity4 {
  const kind = number % EACH;
  const identifierOf = kind === SAME_IDENTIFIER ? number - 1 : number;
  return {
    hardwareAddress: hardwareAddress(SAME_HARDWARE.includes(kind) ? number - 1 : number),
    identifier: HAS_IDENTIFIER.includes(kind) ? [OPAQUE, ...octets(identifierOf)] : null,
  };
}

/** As servers know whoever has an address. @param identifier octets as lease files have them, '' = none */
export function ownerOf4(identifier: string, hardware: string): string {
  return identifier === '' ? hardware : `id ${identifier}`;
}

/** Who hears what is sent to a hardware address: the numbers of clients. */
export function hearersOf(hardware: string): readonly number[] {
  const number = Number.parseInt(hardware.slice(-5).replace(':', ''), 16);
  return SAME_HARDWARE.includes((number + 1) % EACH) ? [number, number + 1] : [number];
}

function hardwareAddress(number: number): string {
  return `02:00:00:00:${formatHex(Uint8Array.from(octets(number)))}`;
}

function octets(number: number): number[] {
  return [number >> 8, number & 255];
}
