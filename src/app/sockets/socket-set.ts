/**
 * The sockets of a family as the watch over the interfaces works with them: which ones a configuration asks for, and how they are
 * opened and closed one by one.
 */
import type { ServiceSocketsConfig } from '../../config/model.ts';

/** Why an interface is not served, or not wholly. */
export interface InterfaceFault {
  readonly interfaceName: string;
  /** In Kea's words, as status-get has them. */
  readonly reason: string;
  /** Whether somebody misses it. What "*" stands for may well be down. */
  readonly isMissed: boolean;
}

/** What a family makes of the interfaces that there are. */
export interface SocketPlan {
  readonly faults: readonly InterfaceFault[];
  /** Names of all interfaces that are to be served, faulty or not. */
  readonly names: readonly string[];
}

/** The types of a family. */
export interface SocketKinds {
  readonly config: { readonly serviceSockets: ServiceSocketsConfig };
  readonly link: { readonly name: string };
  readonly plan: SocketPlan;
  readonly socket: unknown;
  readonly handed: unknown;
}

export interface SocketSet<Kinds extends SocketKinds> {
  /**
   * The plan of a configuration. Pure.
   * @param available interfaces that may be served. @param all of the machine
   */
  plan(
    config: Kinds['config'],
    available: readonly Kinds['link'][],
    all: readonly Kinds['link'][],
  ): Kinds['plan'];
  /**
   * Why Kea would not start by a plan: an entry of the configuration has no interface or no address.
   * @param running a configuration whose entries may be missing, because they were there once; null = there is none
   */
  missing(
    plan: Kinds['plan'],
    running: Kinds['config'] | null,
    available: readonly Kinds['link'][],
  ): string | null;
  /** Opens what the plan asks for and is not open. @returns what could not be opened, and why */
  open(plan: Kinds['plan']): InterfaceFault[];
  /** The open sockets of the plan as each shard is to have them. */
  lists(plan: Kinds['plan']): Kinds['socket'][][];
  /**
   * Takes what waits in the sockets of one plan when the next one has others. Pre: no shard runs, all sockets are open.
   * @returns what the first shard is to serve before all else
   * @throws an Error that says why not
   */
  handOver(from: Kinds['plan'], to: Kinds['plan']): Kinds['handed'][];
  /**
   * Closes what the plan does not ask for. Only when no shard works with it any more: its number may be given again.
   * @returns how many were closed
   */
  retain(plan: Kinds['plan']): number;
  close(): void;
}
