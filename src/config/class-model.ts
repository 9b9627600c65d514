/** Client classes as the rest of the program sees them; see model.ts. */
import type { Ipv4 } from '../base/ipv4.ts';
import type { TestNode, ValueNode } from '../classes/syntax-tree.ts';
import type { LifetimeConfig, OptionConfig, VendorOptionConfig } from './model.ts';

/** What says who is in a class. */
export interface ExpressedClass {
  readonly name: string;
  /** Null = nobody is in the class by its own doing. */
  readonly test: TestNode | null;
  /** The expression of a template: its value makes the class SPAWN_<name>_<value>; null = no template. */
  readonly templateTest: ValueNode | null;
  /** Looked at only where a scope lists it among its additional classes. */
  readonly onlyInAdditionalList: boolean;
}

export interface ClientClassConfig extends ExpressedClass {
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
  /** Null = the scope of the subnet decides, as with the fields below. */
  readonly nextServer: Ipv4 | null;
  readonly serverHostname: string | null;
  readonly bootFileName: string | null;
  readonly validLifetime: LifetimeConfig | null;
  readonly offerLifetimeSec: number | null;
}
