/** Which subnet a query would be in: the search of the shards, asked without a query. */
import { ClassIds } from '../../classes/class-ids.ts';
import type { ServerConfig } from '../../config/model.ts';
import { DESCRIPTOR_WORDS, Field, Present } from '../../dhcp4/descriptor.ts';
import { type CompiledSubnet, compileSubnets } from '../compiled/compiled.ts';
import { Query, type ServerSocket } from '../query.ts';
import { SubnetIndex } from './subnet-index.ts';

/** What the search goes by, each address 0 where there is none. */
export interface SubnetQuestion {
  readonly ciaddr: number;
  readonly giaddr: number;
  /** What option 118, or the relay by sub-option 5 of option 82, selects. */
  readonly selected: number;
  readonly source: number;
  /** The one that it came by; its descriptors are not looked at. */
  readonly socket: ServerSocket;
  /** Names of classes, whatever the configuration knows of them. */
  readonly classes: readonly string[];
}

export class SubnetChoice {
  readonly #index: SubnetIndex;
  readonly #classes = new ClassIds();
  readonly #words = new Int32Array(DESCRIPTOR_WORDS);
  readonly #query: Query;

  /** Compiles all subnets: some milliseconds for 10,000. */
  constructor(config: ServerConfig) {
    this.#index = new SubnetIndex(compileSubnets(config, this.#classes));
    this.#query = new Query(new Uint8Array(0), this.#words, this.#classes.count);
  }

  select({ ciaddr, giaddr, selected, source, socket, classes }: SubnetQuestion): CompiledSubnet | null {
    const words = this.#words;
    words[Field.ciaddr] = ciaddr;
    words[Field.giaddr] = giaddr;
    words[Field.present] = selected === 0 ? 0 : Present.subnetSelection;
    words[Field.subnetSelection] = selected;
    const query = this.#query;
    query.point(0, 0, socket, source, 0);
    for (const name of classes) query.classes.add(this.#classes.find(name));
    return this.#index.select(query);
  }
}
