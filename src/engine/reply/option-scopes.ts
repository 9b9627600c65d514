/** What of a configuration has options of its own. */
import type {
  OptionConfig,
  ServerConfig,
  SharedNetworkConfig,
  VendorOptionConfig,
} from '../../config/model.ts';

/** A host, pool, subnet, network, class, or the global scope. */
export interface OptionScope {
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

/** Scopes with those of pools among them. */
export interface PooledScopes {
  /** Of DHCPv6 a client may get something of several; what the first says counts. */
  readonly pools: readonly OptionScope[];
}

/** The scopes of `first`, with the pools of `next` behind its own. */
export function joinPools<Scopes extends PooledScopes>(first: Scopes, next: Scopes): Scopes {
  return { ...first, pools: [...first.pools, ...next.pools] };
}

/** The scopes below the classes; null = there is none of the kind. */
export interface PlanScopes<Subnet> extends PooledScopes {
  readonly subnet: Subnet | null;
  readonly network: SharedNetworkConfig | null;
}

/** Those of a query without a subnet. */
export const NO_SCOPES = { pools: [], subnet: null, network: null } as const satisfies PlanScopes<unknown>;

/** All scopes of a configuration. */
export function* scopesOf(config: ServerConfig): Generator<OptionScope> {
  yield config;
  yield* config.clientClasses;
  yield* config.sharedNetworks;
  for (const subnet of config.subnets) {
    yield subnet;
    yield* subnet.pools;
  }
  yield* config.hosts;
}
