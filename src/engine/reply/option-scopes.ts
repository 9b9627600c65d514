/** What of a configuration has options of its own. */
import type { OptionConfig, ServerConfig, VendorOptionConfig } from '../../config/model.ts';

/** A host, pool, subnet, network, class, or the global scope. */
export interface OptionScope {
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

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
