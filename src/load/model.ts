/** Options of the load client, and the memory that its owner and its thread share. */
import type { RecordableHistogram } from 'node:perf_hooks';
import type { Ipv4 } from '../base/ipv4.ts';

/** Where datagrams go to or come from. */
export interface Endpoint {
  readonly address: Ipv4;
  readonly port: number;
}

/**
 * Whose exchanges are made: `fresh` = every exchange is a new client's; `bounded` = `count` clients in turn, all four
 * messages each time; `renewing` = `count` clients in turn, which renew as soon as they hold an address.
 */
export type Clients =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'bounded' | 'renewing'; readonly count: number };

/** Subnets of 256 addresses, one behind the other. */
export interface Links {
  /** Address of the first one. */
  readonly first: Ipv4;
  readonly count: number;
}

/** What the load of either family is told. */
export interface SessionOptions {
  /** Exchanges that may wait for an answer at once, 0..IN_FLIGHT_MAX; 0 = none yet, until the owner allows some. */
  readonly inFlightMax: number;
  /** New exchanges a second; 0 = the next begins as soon as one ends (closed loop). */
  readonly ratePerSec: number;
  /** New exchanges in all, 0 = no end. */
  readonly exchangesMax: number;
  readonly clients: Clients;
  /** Every lease is given back as soon as it is acknowledged. */
  readonly releasing: boolean;
  /** 0..255, part of every client's hardware address. */
  readonly seed: number;
  /** Silence before the first retransmission; doubles with each one, up to four times. */
  readonly retryAfterMs: number;
  /** Places of the ledger, a power of two; seven eighths of them can be used. */
  readonly ledgerCapacity: number;
}

/** The load of DHCPv4. */
export interface LoadOptions extends SessionOptions {
  readonly family: 4;
  /** The relay that the client plays: its own socket, and giaddr. Servers must answer to this port. */
  readonly relay: Endpoint;
  /**
   * The interface that the clients are on: no relay, but clients without an address, which ask by broadcast and want the
   * answer so; the relay's endpoint is then theirs (0.0.0.0, 68). Null = behind the relay.
   */
  readonly link: string | null;
  /** One or two servers; every query goes to each of them, on a link once to all. */
  readonly servers: readonly Endpoint[];
  /** The subnets that the clients are in, in turn: the relay says which (RFC 3527). Null = it says nothing of it. */
  readonly links: Links | null;
  /** Option 60 of every client, at most VENDOR_CLASS_BYTES_MAX octets; empty = they have none. */
  readonly vendorClass: string;
  /** `duid` = client identifiers of 19 octets, made of DUIDs, and host names of 12; `hardware` = of 7, and no names. */
  readonly identity: 'hardware' | 'duid';
}

/** Where datagrams of DHCPv6 go to or come from; the address as text. */
export interface Endpoint6 {
  readonly address: string;
  readonly port: number;
}

/** What each client of DHCPv6 asks for: an address (IA_NA), a prefix (IA_PD), or one of each. */
export type Wants = 'na' | 'pd' | 'na+pd';

/** The load of DHCPv6. */
export interface LoadOptions6 extends SessionOptions {
  readonly family: 6;
  /** The relay that the client plays: its own socket. Servers must answer to this port. */
  readonly relay: Endpoint6;
  /**
   * The interface that the clients are on: no relay, but clients that ask the group of all servers; the relay's endpoint is
   * then theirs (the link-local address of this interface, 546). Null = behind the relay.
   */
  readonly link: string | null;
  /** One or two servers; every query goes to each of them, on a link once to the group, at the port of the first. */
  readonly servers: readonly Endpoint6[];
  /** An address of the link that the relay says its clients are on. */
  readonly linkAddress: string;
  readonly wants: Wants;
}

export type AnyLoadOptions = LoadOptions | LoadOptions6;

/** Exchanges that can be in flight: half of the transaction ids that are remembered. */
export const IN_FLIGHT_MAX = 32_768;

const SESSION_DEFAULTS = {
  inFlightMax: 256,
  ratePerSec: 0,
  exchangesMax: 0,
  clients: { kind: 'fresh' },
  releasing: false,
  seed: 1,
  retryAfterMs: 1000,
  ledgerCapacity: 1 << 20,
} as const satisfies SessionOptions;

/** Defaults of everything but the endpoints. */
export const LOAD_DEFAULTS = {
  ...SESSION_DEFAULTS,
  family: 4,
  link: null,
  links: null,
  vendorClass: '',
  identity: 'hardware',
} as const satisfies Omit<LoadOptions, 'relay' | 'servers'>;

/** The same of DHCPv6, and but for the link. */
export const LOAD_DEFAULTS_6 = {
  ...SESSION_DEFAULTS,
  family: 6,
  link: null,
  wants: 'na',
} as const satisfies Omit<LoadOptions6, 'relay' | 'servers' | 'linkAddress'>;

/** What the owner allocates and the thread fills. */
export interface LoadMemory {
  /** Int32 words, see `LoadWord`. */
  readonly control: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly ledger: SharedArrayBuffer;
  readonly histograms: LoadHistograms;
}

/** In microseconds; shared between threads by Node itself. */
export interface LoadHistograms {
  /** From a client's first query to its lease, retransmissions included. */
  readonly exchangeUs: RecordableHistogram;
  /** From the first query that wants a lease, of an exchange or renewal, to the lease. */
  readonly ackUs: RecordableHistogram;
  /** As `exchangeUs` (`ackUs` for renewals), for the owner to reset as often as it likes. */
  readonly recentUs: RecordableHistogram;
}

/** Words of the control memory. */
export const LoadWord = {
  /** Owner -> thread: 0 run, 1 start nothing new and return when nothing is in flight, 2 return now. */
  stop: 0,
  /** Owner -> thread: new exchanges a second, 0 = closed loop. */
  ratePerSec: 1,
  /** Owner -> thread: exchanges that may wait for an answer at once, 0 = begin nothing. */
  inFlightMax: 2,
  /** Owner -> thread: how often everything in flight was to be given up. */
  forgotten: 3,
} as const;

/** Values of `LoadWord.stop`. */
export const Stop = { run: 0, drain: 1, now: 2 } as const;
