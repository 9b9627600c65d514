/**
 * The limits library, as far as it limits leases, in the families alike: a subnet or a class has so many at most. The classes by
 * which leases are counted stand in the leases (lease-classes.ts); the counts are lease/limited-counts.ts.
 */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import type { SpawnedNames } from '../../classes/spawned-names.ts';
import type { LimitsConfig } from '../../config/hook-model.ts';
import { type LimitedCounts, LimitedKind } from '../../lease/limited-counts.ts';
import { LeaseClasses } from './lease-classes.ts';
import { limitedScopesOf } from './limited-scopes.ts';

/** A subnet or class with a limit of leases. */
interface Limited {
  readonly limit: number;
  /** Of its number of leases. */
  readonly cell: number;
}

/** The limits of the leases of one kind. */
interface KindLimits {
  /** By position of the subnet in the configuration, and by number of the class. */
  readonly ofSubnet: readonly (Limited | undefined)[];
  readonly ofClass: readonly (Limited | undefined)[];
  readonly hasTemplates: boolean;
}

interface CompiledSubnetBase {
  readonly id: number;
  readonly index: number;
}

export abstract class LeaseLimitsBase {
  /** The classes that leases keep of their client. */
  readonly classes: LeaseClasses;
  readonly #kinds: readonly KindLimits[];

  /**
   * @param classes all that exist
   * @param spawned of the queries, null = there are no templates
   */
  constructor(
    config: LimitsConfig,
    subnets: readonly CompiledSubnetBase[],
    classes: ClassIds,
    spawned: SpawnedNames | null,
  ) {
    this.classes = new LeaseClasses(classes, spawned);
    this.#kinds = [LimitedKind.addresses, LimitedKind.prefixes].map((kind) =>
      compileKind(kind, config, subnets, classes),
    );
  }

  /**
   * Whether one lease more is too many for its subnet or for one of the classes of its client.
   * @param kind a `LimitedKind`. @param inSubnet, ofClient leases to come that are not counted yet
   */
  protected isOneTooMany(
    kind: number,
    counts: LimitedCounts,
    { index }: CompiledSubnetBase,
    classes: ClassSet,
    inSubnet: number,
    ofClient: number,
  ): boolean {
    const { ofSubnet, ofClass, hasTemplates } = this.#kinds[kind]!;
    const { spawned: ofSpawned } = counts;
    const subnet = ofSubnet[index];
    if (subnet !== undefined && counts.count(subnet.cell) + inSubnet >= subnet.limit) return true;
    const { ids, length, spawned } = classes;
    for (let i = 0; i < length; i++) {
      const limited = ofClass[ids[i]!];
      if (limited === undefined) continue;
      const made = spawned === null ? null : spawned.find(ids[i]!);
      const isCountedAlone = made !== null && ofSpawned !== null;
      const count = isCountedAlone ? ofSpawned.count(made.name) : counts.count(limited.cell);
      if (count + ofClient >= limited.limit) return true;
    }
    // Classes that a lease has no room for would not be counted: clients choose how long their names are.
    if (!hasTemplates) return false;
    this.classes.read(classes);
    return !this.classes.haveRoom();
  }
}

function compileKind(
  kind: number,
  config: LimitsConfig,
  subnets: readonly CompiledSubnetBase[],
  classes: ClassIds,
): KindLimits {
  const scopes = limitedScopesOf(kind, config);
  const positions = new Map(subnets.map(({ id, index }) => [id, index]));
  const ofSubnet: (Limited | undefined)[] = [];
  for (const [cell, { key, limit }] of scopes.subnets.entries()) {
    const position = positions.get(key);
    if (position !== undefined) ofSubnet[position] = { limit, cell };
  }
  const ofClass: (Limited | undefined)[] = [];
  for (const [index, { key, limit }] of scopes.classes.entries())
    ofClass[classes.find(key)] = { limit, cell: scopes.subnets.length + index };
  return { ofSubnet, ofClass, hasTemplates: scopes.templates.length > 0 };
}
