/** The lines of the forensic log, word for word as Kea's legal_log library writes them, without their time. */
import { formatHex } from '../base/hex.ts';
import { formatIpv4 } from '../base/ipv4.ts';
import type { LegalFormats } from '../config/hook-model.ts';
import { AGENT_SPACE } from '../dhcp4/option-definitions.ts';
import { parseSubOptions } from '../dhcp4/sub-options.ts';
import type { EventQuery, LeaseEvent } from '../events/event.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { LeaseEventKind } from '../lease/events.ts';
import { customText, durationText, type LegalEntry, octetsText } from './legal-text.ts';

const ETHERNET = 1;
const HTYPE_AT = 1;
const GIADDR_AT = 24;

/** Sub-options of option 82 that identify a client, in the order in which they are named. [RFC3046] [RFC3993] */
const IDENTIFIERS: readonly (readonly [number, string])[] = [
  [1, 'circuit-id'],
  [2, 'remote-id'],
  [6, 'subscriber-id'],
];

/**
 * The lines for an event; what no client has done has none.
 * @param formats of the administrator, null = Kea's own lines
 */
export function legalEntries(event: LeaseEvent, formats: LegalFormats | null): LegalEntry[] {
  const own = ownEntries(event);
  const custom = formats === null ? null : customTextOf(event, formats);
  if (custom === null) return own;
  return custom === '' ? [] : own.map(({ subnetId }) => ({ subnetId, text: custom }));
}

/** A release and a decline have no reply. */
function customTextOf({ kind, query, texts }: LeaseEvent, formats: LegalFormats): string | null {
  const isAnswered = kind === LeaseEventKind.granted || kind === LeaseEventKind.renewed;
  return query && customText(texts, formats, isAnswered);
}

function ownEntries({ kind, former, lease, replaced, query }: LeaseEvent): LegalEntry[] {
  switch (kind) {
    case LeaseEventKind.granted:
    case LeaseEventKind.renewed:
      return [...entries('assigned', lease, query), ...entries('released', replaced, query)];
    case LeaseEventKind.released:
    case LeaseEventKind.declined:
      return entries('released', former, query);
    default:
      return [];
  }
}

function entries(
  verb: 'assigned' | 'released',
  lease: Lease4 | null,
  query: EventQuery | null,
): LegalEntry[] {
  if (lease === null) return [];
  const duration = verb === 'released' ? 'from' : `for ${durationText(lease.validLifetimeSec)} to`;
  const text =
    `Address: ${formatIpv4(lease.address)} has been ${verb} ${duration}` +
    ` a device with hardware address: hwtype=${query?.header[HTYPE_AT] ?? ETHERNET} ${formatHex(lease.hwAddress)}` +
    (lease.clientId === null ? '' : `, client-id: ${octetsText(lease.clientId)}`) +
    (query === null ? '' : relayText(query)) +
    (lease.userContext === '' ? '' : `, context: ${lease.userContext}`);
  return [{ subnetId: lease.subnetId, text }];
}

function relayText({ header, agentOptions }: EventQuery): string {
  const giaddr = Buffer.from(header).readUInt32BE(GIADDR_AT);
  if (giaddr === 0) return '';
  const found = parseSubOptions(AGENT_SPACE, agentOptions);
  const named = IDENTIFIERS.flatMap(([code, name]) => {
    const data = found.find((each) => each.code === code)?.data;
    return data === undefined || data.length === 0 ? [] : [`${name}: ${octetsText(data)}`];
  });
  const identified = named.length === 0 ? '' : `, identified by ${named.join(' and ')}`;
  return ` connected via relay at address: ${formatIpv4(giaddr)}${identified}`;
}
