/**
 * A name change request as kea-dhcp-ddns reads it: two octets of length, then JSON with the members in Kea's order.
 *
 *     {"change-type":0,"forward-change":true,"reverse-change":true,"fqdn":"a.example.org.","ip-address":"10.0.0.1",
 *      "dhcid":"000001..","lease-expires-on":"20261127132512","lease-length":1333,"use-conflict-resolution":true}
 */
import { formatIpv4 } from '../base/ipv4.ts';
import { IPV6_BYTES } from '../base/ipv6.ts';
import { formatIpv6 } from '../base/ipv6-text.ts';
import type { DdnsConfig } from '../config/ddns-model.ts';
import { DnsField } from '../engine/names/dns-log.ts';
import { RowFlag } from '../lease/row-flag.ts';
import {
  allocateOctets,
  DOMAIN_BYTES_MAX,
  DOMAIN_TEXT_BYTES_MAX,
  lowerDomain,
  readDomainText,
  writeDomainText,
} from '../options/domain-name.ts';
import { computeDhcid } from './dhcid.ts';

const LENGTH_BYTES = 2;
/** [RFC4702 5] A third of the lease time, and ten minutes at least. */
const TTL_SHARE = 3;
const TTL_SEC_MIN = 600;

const wire = allocateOctets(DOMAIN_BYTES_MAX);
const text = allocateOctets(DOMAIN_TEXT_BYTES_MAX);

/** The settings of a lease, by the id of its subnet and its address of 4 or 16 octets. */
export type NamesOf = (subnetId: number, address: Uint8Array) => DdnsConfig;

/**
 * @param kind a `DnsChange`
 * @param record as dns-log.ts writes it
 * @param configOf the settings of a lease
 * @returns null when the name is none that DNS could hold, or nothing identifies the client
 */
export function encodeRequest(kind: number, record: Uint8Array, configOf: NamesOf): Buffer | null {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const nameAt = DnsField.bytes + record[DnsField.identifierLength]!;
  if (nameAt === DnsField.bytes) return null;
  if (readDomainText(record, nameAt, record[DnsField.nameLength]!, wire) === 0) return null;
  writeDomainText(wire, text, true);
  const fqdn = Buffer.from(text.bytes.subarray(0, text.length)).toString('latin1');
  lowerDomain(wire);
  const dhcid = computeDhcid(
    record[DnsField.identifierType]!,
    record.subarray(DnsField.bytes, nameAt),
    wire.bytes.subarray(0, wire.length),
  );
  const address = record.subarray(DnsField.address, DnsField.address + record[DnsField.addressLength]!);
  const config = configOf(view.getUint32(DnsField.subnetId), address);
  const ttlSec = ttlOf(view.getUint32(DnsField.validLifetimeSec), config);
  const flags = record[DnsField.flags]!;
  return framed({
    'change-type': kind,
    'forward-change': (flags & RowFlag.fqdnFwd) !== 0,
    'reverse-change': (flags & RowFlag.fqdnRev) !== 0,
    fqdn,
    'ip-address':
      address.length === IPV6_BYTES ? formatIpv6(address) : formatIpv4(view.getUint32(DnsField.address)),
    dhcid: dhcid.toString('hex').toUpperCase(),
    'lease-expires-on': timestamp(view.getUint32(DnsField.clttSec) + ttlSec),
    'lease-length': ttlSec,
    ...conflictResolution(config),
  });
}

function framed(request: Readonly<Record<string, unknown>>): Buffer {
  const json = Buffer.from(JSON.stringify(request));
  const datagram = Buffer.allocUnsafe(LENGTH_BYTES + json.length);
  datagram.writeUInt16BE(json.length);
  json.copy(datagram, LENGTH_BYTES);
  return datagram;
}

/** A kea-dhcp-ddns 2.2 knows two modes and the older member alone; one of 3.0 looks at the newer member first. */
function conflictResolution({ conflictResolution: mode }: DdnsConfig): Readonly<Record<string, unknown>> {
  if (mode === 'check-with-dhcid') return { 'use-conflict-resolution': true };
  if (mode === 'no-check-with-dhcid') return { 'use-conflict-resolution': false };
  return { 'use-conflict-resolution': mode === 'check-exists-with-dhcid', 'conflict-resolution-mode': mode };
}

function ttlOf(lifetimeSec: number, { ttlSec, ttlPercent, ttlMinSec, ttlMaxSec }: DdnsConfig): number {
  if (ttlSec !== null && ttlSec > 0) return ttlSec;
  const isByPercent = ttlPercent !== null && ttlPercent > 0;
  const share = isByPercent
    ? Math.round(lifetimeSec * ttlPercent)
    : Math.max(TTL_SEC_MIN, Math.floor(lifetimeSec / TTL_SHARE));
  const atLeast = Math.max(share, ttlMinSec ?? 0);
  return ttlMaxSec === null || ttlMaxSec === 0 ? atLeast : Math.min(atLeast, ttlMaxSec);
}

/** "YYYYMMDDHHMMSS" in UTC. @param sec Unix seconds */
function timestamp(sec: number): string {
  return new Date(sec * 1000).toISOString().replace(/[-T:]/g, '').slice(0, 14);
}
