/** What expressions see of a DHCPv6 query. The engine's query in work is one. */
import type { OptionIndex6 } from '../../dhcp6/option-index.ts';
import type { RelayLevels } from '../../dhcp6/relay-levels.ts';
import type { Packet } from '../packet.ts';

export interface Packet6 extends Packet {
  /** The first option of each code in the client's message. */
  readonly optionIndex: OptionIndex6;
  readonly relays: RelayLevels;
  /** 16 octets. */
  readonly source: Uint8Array;
  readonly arrival: {
    readonly interfaceName: string;
    /** The address or group that it was sent to, 16 octets. */
    readonly address: Uint8Array;
  };
  /** A field of the descriptor, see dhcp6/descriptor.ts. */
  field(field: number): number;
}
