/** What of a simulated world knows the family: clients and their messages, the configuration of the servers, and their lease files. */
import type { Agenda } from './agenda.ts';
import type { LeasesHeld } from './leases-held.ts';
import type { Random } from './random.ts';
import type { PairSettings } from './relationship.ts';
import type { Place } from './socket-address.ts';
import type { Timeline } from './timeline.ts';

/** What clients are given by their world. */
export interface ClientsParts {
  /** Whether some call themselves as others do: what the modelled Kea makes of such clients is not known. */
  readonly areCopied: boolean;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly held: LeasesHeld;
  readonly timeline: Timeline;
  /** To all servers, as a relay sends what it hears. */
  readonly broadcast: (from: Place, bytes: Uint8Array) => void;
  /** To one server. */
  readonly unicast: (server: string, from: Place, bytes: Uint8Array) => void;
}

/** A client, and what its user does to it. */
export interface SimulatedClient {
  readonly name: string;
  /** For people. */
  readonly phase: string;
  /** It is switched off, or will be when it has taken its leave. */
  readonly isAway: boolean;
  /** It has whatever it wants. */
  readonly isBound: boolean;
  /** When the exchange began in which it is, us. */
  readonly askedAtUs: number;
  /** Whether it would take a reply of this number. */
  awaits(transactionId: number): boolean;
  /** A reply has arrived. */
  hear(bytes: Uint8Array): void;
  /** Comes up, with what it remembers of before. */
  start(): void;
  /** Is gone without a word. Its leases go on. */
  vanish(): void;
  release(): void;
  decline(): void;
}

/** What a reply gives somebody. */
export interface Grant {
  /** An address or a prefix. */
  readonly address: string;
  readonly owner: string;
  readonly validSec: number;
}

/** A reply on its way from a server. */
export interface SeenReply {
  /** Who hears it: the numbers of clients, 1... */
  readonly clients: readonly number[];
  readonly transactionId: number;
  /** For people. */
  readonly text: string;
  readonly grants: readonly Grant[];
}

/** Whose an address or a prefix is, by a row of a lease file or by a server's table. */
export interface OwnedLease {
  readonly address: string;
  readonly owner: string;
  /** Seconds since 1970; 0 = it is nobody's any more, or declined. */
  readonly untilSec: number;
}

/** A row of a lease file. */
export interface FiledLease extends OwnedLease {
  /** When its client was last served, seconds since 1970. */
  readonly clttSec: number;
  readonly isDeclined: boolean;
}

export interface Family {
  readonly number: 4 | 6;
  /** What the configuration is in. */
  readonly root: 'Dhcp4' | 'Dhcp6';
  readonly configFile: string;
  readonly leaseFile: string;
  /** A server as clients name it. @param host 1... */
  serverAddress(host: number): string;
  /** Where a machine hears what a relay or a client sends to all servers. */
  place(host: number, from: Place): Place;
  /** Of the configuration: what no other family has in this form. @param number of the server, 1... */
  configure(number: number, settings: PairSettings): object;
  /** One in which there is nobody. */
  readonly otherSubnet: string;
  newClient(parts: ClientsParts, number: number): SimulatedClient;
  /** @throws Error where the datagram is none that a server should send */
  read(reply: Uint8Array, to: Place): SeenReply;
  /** @param columns of a row of the lease file */
  leaseOf(columns: readonly string[]): FiledLease;
  /** Lists all leases. */
  readonly listCommand: string;
  leaseListed(listed: Readonly<Record<string, unknown>>): OwnedLease;
}
