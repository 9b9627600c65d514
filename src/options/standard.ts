/** What a family has of options: the definitions of its standards, and how options stand inside of an option. */
import type { OptionDefinition } from './definition.ts';

export interface OptionStandard {
  readonly family: 4 | 6;
  /** The space of the options of a message itself: "dhcp4" or "dhcp6". */
  readonly space: string;
  /** That of the other family, in which nothing can be defined here. */
  readonly foreignSpace: string;
  /** The largest code, and the largest that is one in the space of messages. */
  readonly codeMax: number;
  readonly messageCodeMax: number;
  /** Of the option that holds the options of an enterprise. */
  readonly vendorOptionsCode: number;
  readonly definitions: ReadonlyMap<string, readonly OptionDefinition[]>;
  /** Codes of the space of messages whose definition gives way to one of the configuration. */
  readonly givesWay: ReadonlySet<number>;
  /** Texts whose length stands in front of them, as the type "tuple" of a configuration means them. */
  readonly tuple: 'tuple' | 'long-tuple';
  readonly subOptions: SubOptionFormat;
}

export interface SubOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** How options stand inside of an option. */
export interface SubOptionFormat {
  /** Octets of code and length. */
  readonly headerOctets: number;
  /** Octets of data that a sub-option can have. */
  readonly dataOctetsMax: number;
  /** Octets that an option with sub-options has before it goes out in several parts. */
  readonly containerOctetsMax: number;
  /** Octets of data that a message has room for. */
  readonly messageOctetsMax: number;
  readonly header: (code: number, dataOctets: number) => readonly number[];
  /** Reads sub-options as far as they are right; what follows counts for nothing. */
  readonly parse: (space: string, octets: Uint8Array) => readonly SubOption[];
}
