/** A modelled Kea takes over its partner's leases: page by page, while the partner's service is held off. */
import type { KeaLease, KeaLeases } from './leases.ts';
import type { PartnerLink } from './partner-link.ts';
import { PARTNER_ORIGIN } from './service-switch.ts';

const UNSUPPORTED = 2;
const SYNC_TIMEOUT_MS = 60_000;
const ORIGIN = { 'origin-id': PARTNER_ORIGIN, origin: 'ha-partner' };

/** How it has gone: `partial` = it takes itself for complete, though some leases could not be written. */
export type SyncEnd = 'complete' | 'partial' | 'failed';

/** Of two leases at one address the later stays, of two of one second its own; nothing is deleted. */
export async function synchronize(
  leases: KeaLeases,
  link: PartnerLink,
  { serverName, pageLimit, maxPeriodSec }: SyncSettings,
): Promise<SyncEnd> {
  let isPartial = false;
  for (let from = 'start', isFirst = true; ; isFirst = false) {
    // Before each page: it may hold longer than one lasts.
    const hold = { ...ORIGIN, ...(maxPeriodSec > 0 && { 'max-period': maxPeriodSec }) };
    if ((await link.order('dhcp-disable', hold)) === null) {
      if (!isFirst) await link.order('dhcp-enable', ORIGIN);
      return 'failed';
    }
    const page = await link.order('lease4-get-page', { from, limit: pageLimit }, SYNC_TIMEOUT_MS);
    if (page === null) {
      await link.order('dhcp-enable', ORIGIN);
      return 'failed';
    }
    const found = page.arguments!['leases'] as readonly Readonly<Record<string, unknown>>[];
    for (const entry of found) if (!take(leases, leaseOf(entry))) isPartial = true;
    if (found.length < pageLimit) break;
    from = String(found.at(-1)!['ip-address']);
  }
  if (!(await tellTheEnd(link, serverName))) return 'failed';
  return isPartial ? 'partial' : 'complete';
}

export interface SyncSettings {
  readonly serverName: string;
  readonly pageLimit: number;
  /** 0 = for ever. */
  readonly maxPeriodSec: number;
}

async function tellTheEnd(link: PartnerLink, serverName: string): Promise<boolean> {
  const told = await link.ask('ha-sync-complete-notify', {
    'server-name': serverName,
    'origin-id': PARTNER_ORIGIN,
    origin: PARTNER_ORIGIN,
  });
  if (told?.result === 0) return true;
  if (told?.result === UNSUPPORTED) return (await link.order('dhcp-enable', ORIGIN)) !== null;
  link.lose();
  return false;
}

/** @param entry of a page, or of an update, which has the end of the lease instead of its beginning */
export function leaseOf(entry: Readonly<Record<string, unknown>>): KeaLease {
  const validSec = Number(entry['valid-lft']);
  return {
    address: String(entry['ip-address']),
    hwAddress: String(entry['hw-address']),
    validSec,
    clttSec: entry['cltt'] === undefined ? Number(entry['expire']) - validSec : Number(entry['cltt']),
    state: Number(entry['state']),
  };
}

/** @returns whether the one that stands is filed. One that cannot be written is no reason to do without the others. */
function take(leases: KeaLeases, theirs: KeaLease): boolean {
  const ours = leases.get(theirs.address);
  if (ours !== undefined && ours.clttSec >= theirs.clttSec) return true;
  try {
    leases.put(theirs);
    return true;
  } catch {
    return false;
  }
}
