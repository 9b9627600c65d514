/** Which subnet a DHCPv6 query would be in: the search of the shards, asked without a query. */
import { ClassIds } from '../../../classes/class-ids.ts';
import type { ServerConfig6 } from '../../../config/dhcp6/model.ts';
import { DESCRIPTOR_WORDS, Field, RELAY_WORDS } from '../../../dhcp6/descriptor.ts';
import { type CompiledSubnet6, compileSubnets6 } from '../compiled/compiled.ts';
import { Query6 } from '../query.ts';
import { SubnetIndex6 } from './subnet-index.ts';

/** What the search goes by. */
export interface SubnetQuestion6 {
  /** Name of the interface that it came by; empty = of none. */
  readonly interfaceName: string;
  /** What a relay says of its interface, null = nothing. At most 65,535 octets. */
  readonly interfaceId: Uint8Array | null;
  /** The address of a relay on the link of the client, 16 octets; null = there is none. */
  readonly link: Uint8Array | null;
  /** Where it came from, 16 octets. */
  readonly source: Uint8Array;
  /** Names of classes, whatever the configuration knows of them. */
  readonly classes: readonly string[];
}

const ADDRESS_BYTES = 16;
/** Behind an octet, for an offset of 0 says that there is nothing. */
const LINK_AT = 1;
const INTERFACE_ID_AT = LINK_AT + ADDRESS_BYTES;
const OPTION_BYTES_MAX = 0xffff;

export class SubnetChoice6 {
  readonly #index: SubnetIndex6;
  readonly #classes = new ClassIds();
  readonly #bytes = new Uint8Array(INTERFACE_ID_AT + OPTION_BYTES_MAX);
  readonly #words = new Int32Array(DESCRIPTOR_WORDS);
  readonly #query: Query6;

  /** Compiles all subnets: some milliseconds for 10,000. */
  constructor(config: ServerConfig6) {
    this.#index = new SubnetIndex6(compileSubnets6(config, this.#classes));
    const classified = { bytes: this.#bytes, words6: this.#words, relays: new Int32Array(RELAY_WORDS) };
    this.#query = new Query6(classified, this.#classes.count);
  }

  select({ interfaceName, interfaceId, link, source, classes }: SubnetQuestion6): CompiledSubnet6 | null {
    const bytes = this.#bytes;
    const words = this.#words;
    const idBytes = Math.min(interfaceId?.length ?? 0, OPTION_BYTES_MAX);
    if (link !== null) bytes.set(link, LINK_AT);
    if (interfaceId !== null) bytes.set(interfaceId.subarray(0, idBytes), INTERFACE_ID_AT);
    words[Field.relayCount] = link === null && interfaceId === null ? 0 : 1;
    words[Field.linkAddressOffset] = link === null ? 0 : LINK_AT;
    words[Field.interfaceIdOffset] = idBytes === 0 ? 0 : INTERFACE_ID_AT;
    words[Field.interfaceIdLength] = idBytes;
    const query = this.#query;
    query.point(0, { interfaceName, address: source, isUnicast: false }, source, 0, 0);
    for (const name of classes) query.classes.add(this.#classes.find(name));
    return this.#index.select(query);
  }
}
