/** What the way of lease updates needs to know of a family of DHCP: how records become a request to a Kea, and what the answer means. */
import type { DhcpService } from '../control/envelope.ts';
import type { UpdateBytes, UpdateFamily } from '../lease/update-family.ts';
import type { PeerAnswer } from './model.ts';
import type { Outcome } from './outcome.ts';

export interface PeerFamily extends UpdateFamily {
  readonly service: DhcpService;
  /** Leases that go in one request at most. */
  readonly leasesPerRequestMax: number;
  /** The request for some leases, each of another address, in the JSON of a Kea. @param updates 1..leasesPerRequestMax */
  encodeRequest(updates: readonly UpdateBytes[]): Uint8Array;
  /**
   * What the answer to such a request says of each of its leases.
   * @returns an outcome for each, in their order; all of them failed, or none has. Null: it says of several leases that not
   * all were taken, but not which, so that each has to be sent alone
   */
  judge(answer: PeerAnswer, updates: readonly UpdateBytes[]): readonly Outcome[] | null;
}
