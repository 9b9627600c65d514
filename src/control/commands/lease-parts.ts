/** What the lease commands work on, and how they end. */
import type { Clock } from '../../base/clock.ts';
import { ADDRESS_BUSY, NO_ROOM } from '../../engine/leases/lease-refusals.ts';
import type { CommandListener } from '../../events/event.ts';
import type { ChangeSource, LeaseStoreOf, PutOutcome } from '../../lease/store.ts';
import { type Answer, failure } from '../answer.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease-fault.ts';

/** What the commands need of the way to DNS. */
export interface LeaseDns<Address> {
  readonly isEnabled: () => boolean;
  readonly resend: (address: Address) => void;
  readonly withdraw: (address: Address) => void;
}

export interface LeaseCommandParts<
  Lease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From> = LeaseStoreOf<Lease, Address, From>,
> {
  readonly store: Store;
  /** Read at each command: a reload brings other subnets. */
  readonly subnets: () => Subnets;
  readonly clock: Clock;
  /** Who reaches these commands: the peer port, or a control socket. */
  readonly caller: ChangeSource;
  /** The lease file, null when there is none; read at each command. */
  readonly leaseFile: () => string | null;
  /** Absent where nothing tells DNS. */
  readonly dns?: LeaseDns<Address>;
  /** Who wants to hear of leases changed by command, read at each; absent or null = nobody. */
  readonly listener?: () => CommandListener | null;
  /** Lets the event loop turn once. */
  readonly yieldTurn: () => Promise<void>;
}

/** Half of the time after which a peer gives up: it should hear of the failure, not guess. */
const DURABLE_MS = 5_000;

/** Holds a good answer back until what was changed is on stable storage. */
export async function whenDurable(
  store: { durable(timeoutMs: number): Promise<void> },
  answer: Answer,
): Promise<Answer> {
  try {
    await store.durable(DURABLE_MS);
    return answer;
  } catch (error) {
    return failure(`the change is in memory but not in the lease file: ${(error as Error).message}`);
  }
}

/** This server can take no lease at all. */
export const STORE_FULL = LeaseFault.failed(NO_ROOM);
const BUSY = LeaseFault.conflict(ADDRESS_BUSY);

/** Whose change a command is: a partner's may come by a control socket too, and then says so. */
export function sourceOf({ caller }: { readonly caller: ChangeSource }, args: unknown): ChangeSource {
  return isMap(args) && args['origin'] === 'ha-partner' ? 'peer' : caller;
}

/** Writes a lease over whatever stands at its address. */
export function putLease<Lease>(
  store: { put(lease: Lease, source: ChangeSource): PutOutcome },
  lease: Lease,
  source: ChangeSource,
): 'created' | 'updated' | LeaseFault {
  const outcome = store.put(lease, source);
  if (outcome === 'full') return STORE_FULL;
  return outcome === 'busy' ? BUSY : outcome;
}

/** Deletes a lease; false when there is none. */
export function removeLease<Address>(
  store: { remove(address: Address, source: ChangeSource): boolean | 'busy' },
  address: Address,
  source: ChangeSource,
): boolean | LeaseFault {
  try {
    const outcome = store.remove(address, source);
    return outcome === 'busy' ? BUSY : outcome;
  } catch (error) {
    return LeaseFault.failed((error as Error).message);
  }
}
