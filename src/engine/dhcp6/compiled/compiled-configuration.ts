/** Everything that a shard makes out of the configuration of a DHCPv6 server before its first query. */
import { ClassIds } from '../../../classes/class-ids.ts';
import type { ServerConfig6 } from '../../../config/dhcp6/model.ts';
import { haClasses } from '../../classes/ha-classes.ts';
import { internKeptClasses } from '../../classes/kept-classes.ts';
import type { ClassLifetime6 } from '../context.ts';
import { type CompiledHosts6, compileHosts6 } from '../hosts/compiled-host.ts';
import { PlanMaker6 } from '../reply/reply-plan.ts';
import { SubnetIndex6 } from '../subnets/subnet-index.ts';
import { type CompiledSubnet6, compileSubnets6 } from './compiled.ts';

export interface CompiledConfiguration6 {
  readonly subnets: readonly CompiledSubnet6[];
  /** The classes that something refers to. */
  readonly classes: ClassIds;
  /** By class number. */
  readonly lifetimes: readonly (ClassLifetime6 | undefined)[];
  readonly planMaker: PlanMaker6;
  readonly hosts: CompiledHosts6;
  /** The class of a query of each active server, by relationship and server. */
  readonly haClasses: readonly (readonly number[])[];
}

export function compileConfiguration6(config: ServerConfig6): CompiledConfiguration6 {
  const classes = new ClassIds();
  internKeptClasses(config, classes);
  const subnets = compileSubnets6(config, classes);
  const lifetimes = lifetimesOf(config, classes);
  const hosts = compileHosts6(config, classes);
  const planMaker = new PlanMaker6(config, classes);
  return {
    subnets,
    classes,
    lifetimes,
    planMaker,
    hosts,
    haClasses: haClasses(config.relationships, classes),
  };
}

/** The subnets alone: what main needs to know to count leases. */
export function indexSubnets6(config: ServerConfig6): SubnetIndex6 {
  return new SubnetIndex6(compileSubnets6(config, new ClassIds()));
}

function lifetimesOf({ clientClasses }: ServerConfig6, classes: ClassIds): (ClassLifetime6 | undefined)[] {
  const lifetimes: (ClassLifetime6 | undefined)[] = [];
  for (const { name, preferredLifetime: preferred, validLifetime: valid } of clientClasses)
    if (preferred !== null || valid !== null) lifetimes[classes.intern(name)] = { preferred, valid };
  return lifetimes;
}
