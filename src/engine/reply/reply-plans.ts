/**
 * What stands in a reply by configuration alone: options and boot fields, merged from the scopes host > pool > subnet >
 * network > classes in the order of their assignment > global.
 *
 * They depend on the pool or the subnet, on the query's classes as far as those have anything to say, and on the host. Each
 * combination is made when the first query needs it and kept: from the root of a pool or subnet one step a class. Clients
 * choose the combinations, so that their number is bounded; when there are too many, all are forgotten and made again.
 *
 *     root of a pool --class 3--> node --class 7--> node --host--> plan
 *     root of a pool --root of another--> root of both
 */
import type { ClassSet } from '../../classes/class-set.ts';
import { joinPools, type PooledScopes } from './option-scopes.ts';

/** Combinations kept at once: with their lists of options some megabytes a shard. */
const PLANS_MAX = 16_384;

/** What makes the plans of a family. */
export interface PlanSource<Scopes, Host, Plan> {
  /** By class number: 1 = a reply depends on it. */
  readonly matters: Uint8Array;
  /**
   * What a reply holds.
   * @param ids the classes that matter, in the order of their assignment
   */
  make(scopes: Scopes, ids: readonly number[], host: Host | null): Plan;
}

/** A host, as far as replies are concerned. */
export interface PlannedHost<Host> {
  readonly config: Host;
  /** It has anything that stands in a reply. */
  readonly changesReplies: boolean;
}

/** A pool or subnet, or one of them with some classes. */
export class PlanNode<Scopes, Host, Plan> {
  readonly scopes: Scopes;
  /** The node without the last class, null at the root. */
  readonly before: PlanNode<Scopes, Host, Plan> | null;
  readonly classId: number;
  plan: Plan | null = null;
  /** By class number. */
  next: Map<number, PlanNode<Scopes, Host, Plan>> | null = null;
  hosts: Map<PlannedHost<Host>, Plan> | null = null;
  /** Of a root: the roots of this pool and another one, by the root of the other. */
  joined: Map<PlanNode<Scopes, Host, Plan>, PlanNode<Scopes, Host, Plan>> | null = null;

  constructor(scopes: Scopes, before: PlanNode<Scopes, Host, Plan> | null = null, classId = -1) {
    this.scopes = scopes;
    this.before = before;
    this.classId = classId;
  }
}

export class ReplyPlans<Scopes extends PooledScopes, Host, Plan> {
  readonly #maker: PlanSource<Scopes, Host, Plan>;
  readonly #matters: Uint8Array;
  /** Roots that have anything but their own plan. */
  readonly #grown: PlanNode<Scopes, Host, Plan>[] = [];
  /** The root of queries without a subnet. */
  readonly withoutSubnet: PlanNode<Scopes, Host, Plan>;
  readonly #max: number;
  #count = 0;

  /**
   * @param withoutSubnet the scopes of queries without a subnet
   * @param max combinations kept at once, beside those of no class and no host
   */
  constructor(maker: PlanSource<Scopes, Host, Plan>, withoutSubnet: Scopes, max = PLANS_MAX) {
    this.#maker = maker;
    this.#matters = maker.matters;
    this.withoutSubnet = new PlanNode(withoutSubnet);
    this.#max = max;
  }

  /**
   * What a reply holds.
   * @param root of the pool of the address, else of the subnet
   * @param host of the client, null = it has none
   */
  of(root: PlanNode<Scopes, Host, Plan>, classes: ClassSet, host: PlannedHost<Host> | null): Plan {
    let node = root;
    for (let i = 0; i < classes.length; i++) {
      const id = classes.ids[i]!;
      if (this.#matters[id] === 1) node = this.#step(root, node, id);
    }
    if (host?.changesReplies) return this.#planOfHost(root, node, host);
    if (node.plan === null) node.plan = this.#make(node, null);
    return node.plan;
  }

  /** The root of what `first` is of and of the pool of `next`; what that says counts where the former says nothing. */
  join(
    first: PlanNode<Scopes, Host, Plan>,
    next: PlanNode<Scopes, Host, Plan>,
  ): PlanNode<Scopes, Host, Plan> {
    const known = first.joined?.get(next);
    if (known !== undefined) return known;
    this.#grow(first);
    const root = new PlanNode<Scopes, Host, Plan>(joinPools(first.scopes, next.scopes));
    if (first.joined === null) first.joined = new Map();
    first.joined.set(next, root);
    return root;
  }

  #step(
    root: PlanNode<Scopes, Host, Plan>,
    node: PlanNode<Scopes, Host, Plan>,
    id: number,
  ): PlanNode<Scopes, Host, Plan> {
    const known = node.next?.get(id);
    if (known !== undefined) return known;
    this.#grow(root);
    const next = new PlanNode(node.scopes, node, id);
    if (node.next === null) node.next = new Map();
    node.next.set(id, next);
    return next;
  }

  #planOfHost(
    root: PlanNode<Scopes, Host, Plan>,
    node: PlanNode<Scopes, Host, Plan>,
    host: PlannedHost<Host>,
  ): Plan {
    const known = node.hosts?.get(host);
    if (known !== undefined) return known;
    this.#grow(root);
    const plan = this.#make(node, host);
    if (node.hosts === null) node.hosts = new Map();
    node.hosts.set(host, plan);
    return plan;
  }

  /** Makes room for one combination more. A walk that is under way goes on in what was forgotten, and is right. */
  #grow(root: PlanNode<Scopes, Host, Plan>): void {
    if (this.#count >= this.#max) this.#forget();
    this.#count += 1;
    if (root.next === null && root.hosts === null && root.joined === null) this.#grown.push(root);
  }

  /** The roots stay, what has grown from them goes. */
  #forget(): void {
    for (const root of this.#grown) {
      root.next = null;
      root.hosts = null;
      root.joined = null;
    }
    this.#grown.length = 0;
    this.#count = 0;
  }

  #make(node: PlanNode<Scopes, Host, Plan>, host: PlannedHost<Host> | null): Plan {
    const ids: number[] = [];
    for (let each = node; each.before !== null; each = each.before) ids.unshift(each.classId);
    return this.#maker.make(node.scopes, ids, host?.config ?? null);
  }
}
