/** What clients of DHCPv6 and their relays send: what was given before is named, because each server gives its own. */

/** The link address of a relay that no configuration has a subnet for. */
export const UNKNOWN_LINK = '2001:db8:77::1';

/** An address "2001:db8::1", a prefix "2001:db8::/56"; `own` = what this IA was told last, `former` = what any of the script before. */
export type Part = 'own' | 'former' | (string & {});

export interface Ia {
  readonly kind: 'na' | 'pd';
  readonly iaid: number;
  readonly parts: readonly Part[];
  /** Lifetimes that are wished for of each part, seconds; default 0, which is no wish. */
  readonly wish?: Wish;
}

export type Wish = readonly [preferredSec: number, validSec: number];

export type OptionHex = readonly [code: number, hex: string];

/** A relay's message around a query. */
export interface Relay {
  readonly link: string;
  readonly peer: string;
  readonly options: readonly OptionHex[];
}

export interface Step {
  /** Scripts are counted: each is of one client. */
  readonly script: number;
  readonly type: number;
  /** DUID of the client in hexadecimal digits, null = none is sent. */
  readonly duid: string | null;
  /** Option 2: the server's own, that of another, or none. */
  readonly server: 'own' | 'other' | null;
  readonly ias: readonly Ia[];
  readonly options: readonly OptionHex[];
  /** The nearest to the client first; none = asked on the server's link. */
  readonly relays: readonly Relay[];
}

/** Options in hexadecimal digits that change something, and what else a configuration wants to be asked. */
export interface Traffic {
  /** The ways to the server; a script has one of them. */
  readonly ways: readonly (readonly Relay[])[];
  /** DUIDs of clients that the configuration knows. */
  readonly clients: readonly string[];
  /** Addresses and prefixes that are asked for without having been given. */
  readonly hints: Readonly<Record<Ia['kind'], readonly string[]>>;
  readonly options: readonly OptionHex[];
  /** Codes of the option request, beside the usual ones. */
  readonly requested: readonly number[];
  /** Lifetimes that clients wish for; a script has one of them. */
  readonly wishes: readonly Wish[];
}
