/** The leases of this server as high availability sees them, of whatever family. */
import type { LeaseAddress, UpdateBytes } from '../../lease/update-family.ts';
import type { PeerFamily } from '../../peer/family.ts';
import type { SyncCounts } from '../../peer/model.ts';

export interface HaLeases {
  readonly family: PeerFamily;
  /** The command that gives a page of a peer's leases. */
  readonly pageCommand: string;
  /**
   * The address under which an entry stands in its page, null when there is none. The page goes on after it: addresses of
   * pages ascend.
   */
  pageAddress(entry: unknown): LeaseAddress | null;
  /** The update that brings a peer to what stands at an address now; null when there is nothing to tell. */
  standing(address: LeaseAddress): UpdateBytes | null;
  /** Begins to take over another server's leases. */
  merge(parts: MergeParts): LeaseMerge;
  /** Asks for the leases of the client with the longest identifier that there can be. */
  readonly longestClient: { readonly command: string; readonly arguments: object; readonly bytes: number };
  /** Leases put and removed by others than the shards since the start. */
  changes(): number;
  /** Rejects when what was written has not reached stable storage in time. */
  durable(timeoutMs: number): Promise<void>;
}

export interface MergeParts {
  /** Null = all. */
  readonly subnets: ReadonlySet<number> | null;
  /** The source gets what it lacks; only then our service is off, and a tie may go to the source. */
  readonly givesBack: boolean;
  /** Unix seconds. */
  readonly nowSec: number;
  readonly onSkipped: (address: LeaseAddress | null, reason: string) => void;
}

export interface PageCounts extends SyncCounts {
  pages: number;
}

/** What becomes of the leases of two servers when one takes over the other's, page by page. */
export interface LeaseMerge {
  readonly counts: PageCounts;
  /** Takes one entry of a page. @throws Error when its address is just being given to another client here */
  apply(entry: unknown): void;
  /** Ends a page. @param last its highest address; null when no page follows */
  endPage(last: LeaseAddress | null): void;
  /** What makes the source equal to us, once every page has been taken. */
  lacking(): Generator<UpdateBytes>;
}
