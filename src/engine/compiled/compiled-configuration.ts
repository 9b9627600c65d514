/** Everything that a shard makes out of the configuration before its first query. */
import { ClassIds } from '../../classes/class-ids.ts';
import type { ServerConfig } from '../../config/model.ts';
import { type ClassLifetimes, classLifetimes } from '../classes/class-terms.ts';
import { internKeptClasses } from '../classes/kept-classes.ts';
import { PlanMaker } from '../reply/reply-plan.ts';
import { type CompiledSubnet, compileSubnets } from './compiled.ts';

export interface CompiledConfiguration {
  readonly subnets: readonly CompiledSubnet[];
  /** The classes that something refers to. */
  readonly classes: ClassIds;
  readonly lifetimes: ClassLifetimes;
  readonly planMaker: PlanMaker;
}

export function compileConfiguration(config: ServerConfig): CompiledConfiguration {
  const classes = new ClassIds();
  internKeptClasses(config, classes);
  const subnets = compileSubnets(config, classes);
  const lifetimes = classLifetimes(config, classes);
  return { subnets, classes, lifetimes, planMaker: new PlanMaker(config, classes) };
}
