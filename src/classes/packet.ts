/** What expressions see of a query. The engine's query in work is one. */
import type { ByteRange } from '../base/byte-range.ts';
import type { OptionIndex } from '../dhcp4/option-index.ts';
import type { ClassSet } from './class-set.ts';

export interface Packet {
  /** The memory that holds the datagram, and where in it the datagram starts. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly options: OptionIndex;
  readonly classes: ClassSet;
  readonly hw: ByteRange;
  readonly sourceAddress: number;
  readonly socket: {
    readonly address: number;
    readonly interfaceName: string;
    readonly broadcast: boolean;
  };
  /** A field of the descriptor, see dhcp4/descriptor.ts. */
  field(field: number): number;
}

/** A test, compiled. */
export type Test = (packet: Packet) => boolean;

/** A value, compiled: `load` makes `range` what the expression says of the query. */
export interface Operand {
  readonly range: ByteRange;
  readonly load: (packet: Packet) => void;
}
