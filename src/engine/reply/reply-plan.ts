/** What stands in a reply by configuration alone, made for one combination of scopes; reply-plans.ts keeps them. */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { ClientClassConfig } from '../../config/class-model.ts';
import type { HostConfig } from '../../config/host-model.ts';
import type { ServerConfig, SubnetConfig } from '../../config/model.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import { type EncodedOptions, OptionMemory } from './encoded-options.ts';
import { type MergedOptions, mergeScopes } from './option-merge.ts';
import { type OptionScope, type PlanScopes, scopesOf } from './option-scopes.ts';
import type { PlanNode, PlanSource } from './reply-plans.ts';

/** Everything of a reply that the configuration decides. */
export interface ReplyPlan extends EncodedOptions, Omit<MergedOptions, 'options'> {
  /** Configured option 54, 0 = the address that the query came in on. */
  readonly serverIdentifier: number;
  readonly nextServer: number;
  readonly serverHostname: Uint8Array;
  readonly bootFileName: Uint8Array;
}

export type SubnetScopes = PlanScopes<SubnetConfig>;
export type ReplyPlanNode = PlanNode<SubnetScopes, HostConfig, ReplyPlan>;

type BootFields = Pick<HostConfig, 'nextServer' | 'serverHostname' | 'bootFileName'>;
type PlannedBootFields = Pick<ReplyPlan, 'nextServer' | 'serverHostname' | 'bootFileName'>;

const encoder = new TextEncoder();
const NO_NAME = new Uint8Array(0);
const NO_OPTIONS: MergedOptions = { options: [], agent: null, vendors: [] };

export class PlanMaker implements PlanSource<SubnetScopes, HostConfig, ReplyPlan> {
  readonly #global: OptionScope;
  readonly #names: ClassIds;
  /** By class number; a class without a definition has nothing to say, but options may be for its members. */
  readonly #classes: (ClientClassConfig | undefined)[] = [];
  readonly #memory = new OptionMemory();
  /** By class number: 1 = a reply depends on it. */
  readonly matters: Uint8Array;
  /** By class number: option 54 that the class has, 0 = none. Clients may name the server by it. */
  readonly serverIdentifiers: Uint32Array;

  /** @param classes gets the classes that have options or boot fields, and those that options are for */
  constructor(config: ServerConfig, classes: ClassIds) {
    this.#global = config;
    this.#names = classes;
    const matters = new Set<number>();
    for (const each of config.clientClasses) {
      if (!hasSomething(each)) continue;
      const id = classes.intern(each.name);
      this.#classes[id] = each;
      matters.add(id);
    }
    // In the class ALL every query is: nothing depends on it.
    for (const name of taggedClasses(config)) if (name !== 'ALL') matters.add(classes.intern(name));
    this.matters = new Uint8Array(classes.count);
    for (const id of matters) this.matters[id] = 1;
    this.serverIdentifiers = Uint32Array.from(this.matters, (_, id) => {
      const config = this.#classes[id];
      return config === undefined ? 0 : configuredServerIdentifier([config], () => true);
    });
  }

  /**
   * What a reply holds.
   * @param ids the classes that matter, in the order of their assignment
   */
  make({ pools, subnet, network }: SubnetScopes, ids: readonly number[], host: HostConfig | null): ReplyPlan {
    const classes = ids.map((id) => this.#classes[id]).filter((each) => each !== undefined);
    const fields = bootFields([host, ...classes, subnet]);
    // [RFC2131 4.3.5] Without a subnet nobody knows what holds for the client.
    if (subnet === null) return this.#plan(NO_OPTIONS, 0, fields);
    const members = new Set(ids.map((id) => this.#names.name(id)));
    const isMember = (name: string): boolean => name === 'ALL' || members.has(name);
    const common = [subnet, network, ...classes, this.#global].filter((each) => each !== null);
    const scopes = [host, ...pools, ...common].filter((each) => each !== null);
    // One of a host or a pool would not be known again when the client names it.
    return this.#plan(mergeScopes(scopes, isMember), configuredServerIdentifier(common, isMember), fields);
  }

  /** Field by field: what is spread into an object has a shape of its own each time, and replies read many plans. */
  #plan(
    { options, agent, vendors }: MergedOptions,
    serverIdentifier: number,
    { nextServer, serverHostname, bootFileName }: PlannedBootFields,
  ): ReplyPlan {
    const { optionBytes, optionsStart, optionsEnd } = this.#memory.encode(options);
    return {
      optionBytes,
      optionsStart,
      optionsEnd,
      agent,
      vendors,
      serverIdentifier,
      nextServer,
      serverHostname,
      bootFileName,
    };
  }
}

/** Whether a class or host changes replies. */
export function hasSomething(scope: OptionScope & BootFields): boolean {
  const { options, vendorOptions, nextServer, serverHostname, bootFileName } = scope;
  const hasOptions = options.length > 0 || vendorOptions.length > 0;
  return hasOptions || nextServer !== null || serverHostname !== null || bootFileName !== null;
}

/** The classes that options are for. */
function* taggedClasses(config: ServerConfig): Generator<string> {
  for (const { options, vendorOptions } of scopesOf(config)) {
    for (const { clientClasses } of options) yield* clientClasses;
    for (const { clientClasses } of vendorOptions) yield* clientClasses;
  }
}

/** The first that has a field decides it. */
function bootFields(scopes: readonly (BootFields | null)[]): PlannedBootFields {
  const first = <K extends keyof BootFields>(key: K): BootFields[K] | undefined =>
    scopes.find((each) => each !== null && each[key] !== null)?.[key];
  return {
    nextServer: first('nextServer') ?? 0,
    serverHostname: encode(first('serverHostname')),
    bootFileName: encode(first('bootFileName')),
  };
}

/** Of plans without a name the name is one and the same. */
function encode(name: string | null | undefined): Uint8Array {
  return name ? encoder.encode(name) : NO_NAME;
}

/** Option 54 of the first scope that has one, 0 = none has. */
function configuredServerIdentifier(
  scopes: readonly OptionScope[],
  isMember: (className: string) => boolean,
): number {
  for (const { options } of scopes) {
    const option = options.find(
      ({ code, clientClasses }) =>
        code === OptionCode.serverIdentifier && (clientClasses.length === 0 || clientClasses.some(isMember)),
    );
    if (option?.data.length === 4)
      return new DataView(option.data.buffer, option.data.byteOffset, 4).getUint32(0);
  }
  return 0;
}

/**
 * Every value of option 54 that means this server: addresses of its sockets, and what clients of any subnet may have been
 * told. Those of classes hold for their members alone.
 */
export function serverIdentifiersOf(
  config: ServerConfig,
  sockets: readonly { readonly address: number }[],
): ReadonlySet<number> {
  const identifiers = new Set(sockets.map(({ address }) => address));
  for (const scope of [config, ...config.sharedNetworks, ...config.subnets]) {
    const identifier = configuredServerIdentifier([scope], () => true);
    if (identifier !== 0) identifiers.add(identifier);
  }
  return identifiers;
}
