/**
 * IPv6-only networks [RFC8925 3.3]: a client that can do without IPv4 asks for option 108, and where its subnet, another one of
 * the network that is open to it, or the network itself has that option, it gets the option and no address. [Kea] What
 * pools, classes, reservations and the global scope say of it is an option like any other, beside an address.
 */
import type { ClassIds } from '../../classes/class-ids.ts';
import { type Guard, guardOf, isOpen } from '../../classes/class-set.ts';
import type { OptionConfig } from '../../config/model.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import type { Query } from '../query.ts';
import { enterSubnet } from '../subnets/enter-subnet.ts';
import { nextSubnet } from '../subnets/network.ts';

/** A guard for each option 108 of a scope: who passes one is sent it. */
type Guards = readonly Guard[];

export class V6Only {
  // By position of the subnet.
  readonly #ofSubnet: readonly Guards[];
  readonly #ofNetwork: readonly Guards[];

  private constructor(ofSubnet: readonly Guards[], ofNetwork: readonly Guards[]) {
    this.#ofSubnet = ofSubnet;
    this.#ofNetwork = ofNetwork;
  }

  /** @returns null when no subnet and no network has the option */
  static of(subnets: readonly CompiledSubnet[], classes: ClassIds): V6Only | null {
    const guards = (options: readonly OptionConfig[]): Guards =>
      options
        .filter(({ code, neverSend }) => code === OptionCode.v6OnlyPreferred && !neverSend)
        .map(({ clientClasses }) => guardOf(clientClasses, classes));
    const ofSubnet = subnets.map(({ config }) => guards(config.options));
    const ofNetwork = subnets.map(({ network }) => guards(network?.config.options ?? []));
    const isAnywhere = ofSubnet.concat(ofNetwork).some(({ length }) => length > 0);
    return isAnywhere ? new V6Only(ofSubnet, ofNetwork) : null;
  }

  /** Whether the client is to do without an address; the query enters the subnet that says so. */
  isFor(context: Context): boolean {
    const first = context.subnet;
    const { query } = context;
    if (first === null || query.isBootp || !asksForOption(query)) return false;
    for (let subnet: CompiledSubnet | null = first; subnet !== null; ) {
      if (isAnyOpen(this.#ofSubnet[subnet.index]!, query)) {
        if (subnet !== first) enterSubnet(context, subnet);
        return true;
      }
      subnet = nextSubnet(subnet, first, query.classes);
    }
    return isAnyOpen(this.#ofNetwork[first.index]!, query);
  }
}

function isAnyOpen(guards: Guards, { classes }: Query): boolean {
  for (let i = 0; i < guards.length; i++) if (isOpen(guards[i]!, classes)) return true;
  return false;
}

function asksForOption(query: Query): boolean {
  const from = query.field(Field.requestListOffset);
  const end = from + query.field(Field.requestListLength);
  for (let at = from; at < end; at++) if (query.bytes[at] === OptionCode.v6OnlyPreferred) return true;
  return false;
}
