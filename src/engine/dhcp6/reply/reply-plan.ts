/** What stands in a DHCPv6 reply by configuration alone, made for one combination of scopes; reply-plans.ts keeps them. */
import type { ClassIds } from '../../../classes/class-ids.ts';
import type {
  ClientClassConfig6,
  HostConfig6,
  ServerConfig6,
  SubnetConfig6,
} from '../../../config/dhcp6/model.ts';
import type { OptionConfig } from '../../../config/model.ts';
import { OPTION_HEADER_BYTES, OptionCode } from '../../../dhcp6/codes.ts';
import { NO_SCOPES, type OptionScope, type PlanScopes } from '../../reply/option-scopes.ts';
import { type Winner, winners } from '../../reply/option-winners.ts';
import type { PlanNode, PlanSource } from '../../reply/reply-plans.ts';

/** One configured option with its complete encoding. */
export interface PlannedOption6 {
  readonly code: number;
  readonly encoded: Uint8Array;
  /** Sent without being asked for. */
  readonly unasked: boolean;
}

/** What is configured for one enterprise: sub-options of an option 17 (RFC 8415 section 21.17). */
export interface PlannedVendor6 {
  readonly enterprise: number;
  /** Ascending by code. */
  readonly parts: readonly PlannedOption6[];
  /** Option 17 of this enterprise is itself configured: it needs no client that names the enterprise. */
  readonly container: 'none' | 'asked' | 'unasked';
}

export interface ReplyPlan6 {
  /** Ascending by code, never-send left out, and without what a server makes itself. */
  readonly options: readonly PlannedOption6[];
  /** Ascending by enterprise. */
  readonly vendors: readonly PlannedVendor6[];
}

export type SubnetScopes6 = PlanScopes<SubnetConfig6>;
export type ReplyPlanNode6 = PlanNode<SubnetScopes6, HostConfig6, ReplyPlan6>;

/** What a reply has of its own making, whatever the configuration says. */
export const SERVER_MADE: ReadonlySet<number> = new Set([
  OptionCode.clientId,
  OptionCode.serverId,
  OptionCode.iaNa,
  OptionCode.iaTa,
  OptionCode.iaAddress,
  OptionCode.optionRequest,
  OptionCode.elapsedTime,
  OptionCode.relayMessage,
  OptionCode.statusCode,
  OptionCode.rapidCommit,
  OptionCode.interfaceId,
  OptionCode.iaPd,
  OptionCode.iaPrefix,
  OptionCode.pdExclude,
]);

const ENTERPRISE_BYTES = 4;

export class PlanMaker6 implements PlanSource<SubnetScopes6, HostConfig6, ReplyPlan6> {
  readonly #global: OptionScope;
  readonly #names: ClassIds;
  /** By class number. */
  readonly #classes: (ClientClassConfig6 | undefined)[] = [];
  readonly matters: Uint8Array;

  /** @param classes gets the classes that have options, and those that options are for */
  constructor(config: ServerConfig6, classes: ClassIds) {
    this.#global = config;
    this.#names = classes;
    const matters = new Set<number>();
    for (const each of config.clientClasses) {
      if (!hasOptions(each)) continue;
      const id = classes.intern(each.name);
      this.#classes[id] = each;
      matters.add(id);
    }
    // In the class ALL every query is: nothing depends on it.
    for (const name of taggedClasses(config)) if (name !== 'ALL') matters.add(classes.intern(name));
    this.matters = Uint8Array.from({ length: classes.count }, (_, id) => Number(matters.has(id)));
  }

  /** [Kea] Without a subnet the options of classes and of the global scope are left. */
  make(
    { pools, subnet, network }: SubnetScopes6,
    ids: readonly number[],
    host: HostConfig6 | null,
  ): ReplyPlan6 {
    const classes = ids.map((id) => this.#classes[id]);
    const scopes = [host, ...pools, subnet, network, ...classes, this.#global].filter((each) => each != null);
    const members = new Set(ids.map((id) => this.#names.name(id)));
    return mergeScopes6(scopes, (name) => name === 'ALL' || members.has(name));
  }
}

export const NO_SCOPES_6: SubnetScopes6 = NO_SCOPES;

/** Whether a class or host changes replies. */
export function hasOptions({ options, vendorOptions }: OptionScope): boolean {
  return options.length > 0 || vendorOptions.length > 0;
}

/** All scopes of a configuration. */
export function* scopesOf6(config: ServerConfig6): Generator<OptionScope> {
  yield config;
  yield* config.clientClasses;
  yield* config.sharedNetworks;
  for (const subnet of config.subnets) {
    yield subnet;
    yield* subnet.pools;
    yield* subnet.pdPools;
  }
  yield* config.hosts;
}

/** The classes that options are for. */
function* taggedClasses(config: ServerConfig6): Generator<string> {
  for (const { options, vendorOptions } of scopesOf6(config)) {
    for (const { clientClasses } of options) yield* clientClasses;
    for (const { clientClasses } of vendorOptions) yield* clientClasses;
  }
}

/**
 * Merges scopes and encodes the outcome.
 * @param scopes from the innermost to the outermost
 * @param isMember whether the reply is for a member of a class
 */
function mergeScopes6(scopes: readonly OptionScope[], isMember: (className: string) => boolean): ReplyPlan6 {
  const all = winners(
    scopes.map(({ options }) => options),
    isMember,
    keyOfOption,
  );
  const options: PlannedOption6[] = [];
  const containers = new Map<number, Winner>();
  for (const winner of all.values()) {
    const { code, data } = winner.option;
    if (SERVER_MADE.has(code)) continue;
    if (code === OptionCode.vendorOptions) containers.set(enterpriseOf(data), winner);
    else options.push(compile(winner));
  }
  return { options, vendors: mergeVendors(scopes, isMember, containers) };
}

/** Options of one key exclude each other: 16 and 17 may be configured for several enterprises. */
function keyOfOption({ code, data }: OptionConfig): number {
  const isOfEnterprise = code === OptionCode.vendorClass || code === OptionCode.vendorOptions;
  return code * 2 ** 32 + (isOfEnterprise ? enterpriseOf(data) : 0);
}

function enterpriseOf(data: Uint8Array): number {
  if (data.length < ENTERPRISE_BYTES) return 0;
  return new DataView(data.buffer, data.byteOffset, ENTERPRISE_BYTES).getUint32(0);
}

function compile({ option: { code, data }, always }: Winner): PlannedOption6 {
  const encoded = new Uint8Array(OPTION_HEADER_BYTES + data.length);
  encoded.set([code >>> 8, code & 255, data.length >>> 8, data.length & 255]);
  encoded.set(data, OPTION_HEADER_BYTES);
  return { code, encoded, unasked: always };
}

/** @param containers the winning options 17 by enterprise */
function mergeVendors(
  scopes: readonly OptionScope[],
  isMember: (className: string) => boolean,
  containers: ReadonlyMap<number, Winner>,
): readonly PlannedVendor6[] {
  const enterprises = new Set(containers.keys());
  for (const { vendorOptions } of scopes)
    for (const { enterprise } of vendorOptions) enterprises.add(enterprise);
  return [...enterprises]
    .sort((a, b) => a - b)
    .map((enterprise) => {
      const mine = scopes.map((scope) =>
        scope.vendorOptions.filter((option) => option.enterprise === enterprise),
      );
      const parts = [...winners(mine, isMember, ({ code }) => code).values()].map(compile);
      const container = containers.get(enterprise);
      if (container === undefined) return { enterprise, parts, container: 'none' };
      const encoded = container.option.data.subarray(ENTERPRISE_BYTES);
      if (encoded.length > 0) parts.unshift({ code: 0, encoded, unasked: true });
      return { enterprise, parts, container: container.always ? 'unasked' : 'asked' };
    });
}
