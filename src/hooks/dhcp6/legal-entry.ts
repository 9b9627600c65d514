/** The lines of the forensic log of DHCPv6, word for word as Kea's legal_log library writes them, without their time. */
import { formatHex } from '../../base/hex.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { LegalFormats } from '../../config/hook-model.ts';
import type { EventQuery6, LeaseEvent6 } from '../../events/dhcp6/event.ts';
import { NO_TEXTS } from '../../events/parts.ts';
import { type Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import { LeaseEventKind } from '../../lease/events.ts';
import { customText, durationText, type LegalEntry, octetsText } from '../legal-text.ts';

/** How a hardware address was found out, by Kea's bits. */
const HARDWARE_SOURCES: Readonly<Record<number, string>> = {
  1: 'Raw Socket',
  2: 'DUID',
  4: 'IPv6 Link Local',
  8: 'Client Address Relay Option',
  16: 'Remote ID',
  32: 'Subscriber ID',
  64: 'DOCSIS CMTS',
  128: 'DOCSIS MODEM',
};

/**
 * The lines for an event; what no client has done has none.
 * @param formats of the administrator, null = Kea's own lines
 */
export function legalEntries6(event: LeaseEvent6, formats: LegalFormats | null): LegalEntry[] {
  return toldLeases(event).flatMap(([verb, lease]) => {
    const text = customTextOf(event, lease, formats) ?? ownText(verb, lease, event.query);
    return text === '' ? [] : [{ subnetId: lease.subnetId, text }];
  });
}

/** Every message has a reply. */
function customTextOf(
  { query, texts }: LeaseEvent6,
  lease: Lease6,
  formats: LegalFormats | null,
): string | null {
  return query && formats && customText(texts.get(lease) ?? NO_TEXTS, formats, true);
}

type Verb = 'assigned' | 'released';

/** [Kea] An address that was declined is told as one that nobody has got. */
function toldLeases({ kind, former, written, replaced }: LeaseEvent6): (readonly [Verb, Lease6])[] {
  switch (kind) {
    case LeaseEventKind.granted:
    case LeaseEventKind.renewed:
    case LeaseEventKind.declined:
      return [
        ...written.map(({ lease }) => ['assigned', lease] as const),
        ...replaced.map((lease) => ['released', lease] as const),
      ];
    case LeaseEventKind.released:
      return former.map((lease) => ['released', lease] as const);
    default:
      return [];
  }
}

/** Kea's own line. */
function ownText(verb: Verb, lease: Lease6, query: EventQuery6 | null): string {
  const address = formatIpv6(lease.address);
  const what =
    lease.type === LeaseType.pd ? `Prefix: ${address}/${lease.prefixLength}` : `Address: ${address}`;
  const duration = verb === 'released' ? 'from' : `for ${durationText(lease.validLifetimeSec)} to`;
  return (
    `${what} has been ${verb} ${duration} a device with DUID: ${formatHex(lease.duid)}` +
    hardwareText(lease) +
    (query === null ? '' : relayText(query)) +
    (lease.userContext === '' ? '' : `, context: ${lease.userContext}`)
  );
}

function hardwareText({ hwAddress, hwSource, hwType }: Lease6): string {
  if (hwAddress.length === 0) return '';
  const source = HARDWARE_SOURCES[hwSource] ?? 'UNKNOWN';
  return ` and hardware address: hwtype=${hwType} ${formatHex(hwAddress)} (from ${source})`;
}

/** The relay that is the nearest to the server, with the options of the one that is the nearest to the client. */
function relayText({ relay, interfaceId, remoteId, subscriberId }: EventQuery6): string {
  if (relay === null) return '';
  const { hopCount, linkAddress, peerAddress } = relay;
  const named = [...optionText('remote-id', remoteId), ...optionText('subscriber-id', subscriberId)];
  const place = optionText('interface-id', interfaceId);
  return (
    ` connected via relay at address: ${formatIpv6(peerAddress)} for client on link address: ` +
    `${formatIpv6(linkAddress)}, hop count: ${hopCount}` +
    (named.length === 0 ? '' : `, identified by ${named.join(' and ')}`) +
    place.map((each) => `, connected at location ${each}`).join('')
  );
}

function optionText(name: string, data: Uint8Array | null): string[] {
  return data === null || data.length === 0 ? [] : [`${name}: ${octetsText(data)}`];
}
