/** What expressions see of a DHCPv4 query. The engine's query in work is one. */
import type { ByteRange } from '../../base/byte-range.ts';
import type { OptionIndex } from '../../dhcp4/option-index.ts';
import type { Packet } from '../packet.ts';

export interface Packet4 extends Packet {
  /** The memory that holds the datagram, and where in it the datagram starts. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly options: OptionIndex;
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
