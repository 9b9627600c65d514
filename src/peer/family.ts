/** What the way of lease updates needs to know of a family of DHCP: how a record becomes a request to a Kea, and what the answer means. */
import type { DhcpService } from '../control/envelope.ts';
import type { UpdateBytes, UpdateFamily } from '../lease/update-family.ts';
import type { ClientKey, PeerAnswer } from './model.ts';
import type { Outcome } from './outcome.ts';

export interface PeerFamily extends UpdateFamily {
  readonly service: DhcpService;
  /** The request for one lease, in the JSON of a Kea. */
  encodeRequest(update: UpdateBytes): Uint8Array;
  /** Whose lease a request is, in Kea's text form. */
  clientOfRequest(body: Uint8Array): ClientKey;
  /** What the answer to such a request says of its lease. */
  judge(answer: PeerAnswer): Outcome;
}
