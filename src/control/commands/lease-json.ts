/** What leases of both families are made of as the commands answer them, and lists of them. */
import { EncodedJson } from '../../base/encoded-json.ts';
import { encodeKeaJson } from '../../base/kea-json.ts';
import { LeaseState } from '../../lease/state.ts';
import { isMap } from '../arguments.ts';
import type { ReleasedAs } from './lease-family.ts';

/** Leases turned into text between two turns of the event loop: 2 ms. */
const SLICE_LEASES = 1_000;

/** The state of a lease as it is shown. */
export function shownState({ state }: { readonly state: number }, releasedAs: ReleasedAs): number {
  return state === LeaseState.released && releasedAs === 'expired-reclaimed'
    ? LeaseState.expiredReclaimed
    : state;
}

/** Octets that were no UTF-8 count as one each again, so that the name is no longer than it was stored. */
export function nameText(hostname: string): string {
  return JSON.stringify(hostname.replaceAll('\ufffd', '?'));
}

/** A lease file may hold anything in this column; what is no map is left out of the answer. */
export function contextText(userContext: string): string {
  try {
    const context: unknown = JSON.parse(userContext);
    return encodeKeaJson(isMap(context) ? context : {});
  } catch {
    return encodeKeaJson({});
  }
}

/**
 * A list of leases as the arguments of an answer: `{"count"?: N, "leases": [...]}`.
 * @param yieldTurn lets others run between slices of a long list
 */
export async function leaseListArguments<Lease>(
  leases: readonly Lease[],
  encode: (lease: Lease, releasedAs: ReleasedAs) => string,
  options: { readonly counted: boolean; readonly releasedAs: ReleasedAs },
  yieldTurn: () => Promise<void>,
): Promise<EncodedJson> {
  const parts: string[] = [];
  for (let start = 0; start < leases.length; start += SLICE_LEASES) {
    if (start > 0) await yieldTurn();
    const slice = leases.slice(start, start + SLICE_LEASES);
    parts.push(slice.map((lease) => encode(lease, options.releasedAs)).join(', '));
  }
  return new EncodedJson(
    `{ ${options.counted ? `"count": ${leases.length}, ` : ''}"leases": [ ${parts.join(', ')} ] }`,
  );
}
