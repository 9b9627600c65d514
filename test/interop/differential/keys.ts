/** Which keys the configurations use, and which they need not: what has no say in an answer, or another test of its own. */
import { flexIdSchema } from '../../../src/config/hooks/flex-id.ts';
import type { MapSchema } from '../../../src/config/schema/map.ts';
import { ddnsSchema } from '../../../src/config/sections/ddns.ts';
import { clientClassSchema } from '../../../src/config/sections/dhcp4/client-classes.ts';
import { compatibilitySchema } from '../../../src/config/sections/dhcp4/compatibility.ts';
import { dhcp4Schema } from '../../../src/config/sections/dhcp4/dhcp4.ts';
import { interfacesSchema } from '../../../src/config/sections/dhcp4/interfaces.ts';
import { reservationSchema } from '../../../src/config/sections/dhcp4/reservations.ts';
import { sharedNetworkSchema } from '../../../src/config/sections/dhcp4/shared-networks.ts';
import { subnetSchema } from '../../../src/config/sections/dhcp4/subnets.ts';
import { multiThreadingSchema } from '../../../src/config/sections/global.ts';
import { optionDefinitionSchema } from '../../../src/config/sections/option-def.ts';
import { optionSchema } from '../../../src/config/sections/options.ts';
import { poolSchema } from '../../../src/config/sections/pools.ts';
import { queueSchema } from '../../../src/config/sections/queue-control.ts';
import { relaySchema } from '../../../src/config/sections/relay.ts';
import { expiredLeasesSchema, sanityChecksSchema } from '../../../src/config/sections/storage.ts';

/** The map that stands behind a key, itself or in a list. */
const MAPS: Readonly<Record<string, MapSchema>> = {
  'client-classes': clientClassSchema,
  compatibility: compatibilitySchema,
  'dhcp-ddns': ddnsSchema,
  'dhcp-queue-control': queueSchema,
  'expired-leases-processing': expiredLeasesSchema,
  'interfaces-config': interfacesSchema,
  'multi-threading': multiThreadingSchema,
  'option-data': optionSchema,
  'option-def': optionDefinitionSchema,
  parameters: flexIdSchema,
  pools: poolSchema,
  relay: relaySchema,
  reservations: reservationSchema,
  'sanity-checks': sanityChecksSchema,
  'shared-networks': sharedNetworkSchema,
  subnet4: subnetSchema,
};

/** Keys that stand for themselves wherever they are: what they say is inherited from scope to scope. */
const SCOPES: readonly MapSchema[] = [dhcp4Schema, sharedNetworkSchema, subnetSchema, poolSchema];

/** Key -> why no configuration has it. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '4o6-interface': 'not implemented: DHCPv4 over DHCPv6',
  '4o6-interface-id': 'not implemented: DHCPv4 over DHCPv6',
  '4o6-subnet': 'not implemented: DHCPv4 over DHCPv6',
  'adaptive-lease-time-threshold': 'Kea has it since 3.1',
  'control-sockets': 'the newer spelling of control-socket: Kea 3.0 is given it',
  'hosts-database': 'not implemented: databases of hosts',
  'extended-info-checks': 'about what lease queries ask for',
  'replace-client-id':
    'Debian has flex_id for Kea 3 alone, and with it a client is found by the new identifier',
  'ignore-iaid': 'of DHCPv6',
};

interface Found {
  readonly keys: Set<string>;
}

function walk(value: unknown, name: string, found: Found): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, name, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    found.keys.add(isScope(name) ? key : `${name} ${key}`);
    walk(member, MAPS[key]?.name ?? name, found);
  }
}

function isScope(name: string): boolean {
  return SCOPES.some((schema) => schema.name === name);
}

/** @param configurations Dhcp4 maps. @returns the keys that none of them has and that need a reason */
export function keysNotUsed(configurations: readonly unknown[]): string[] {
  const found = { keys: new Set<string>() };
  for (const each of configurations) walk(each, dhcp4Schema.name, found);
  const known = [...SCOPES, ...Object.values(MAPS)].flatMap((schema) =>
    Object.keys(schema.rules).map((key) => ({
      key,
      used: isScope(schema.name) ? key : `${schema.name} ${key}`,
    })),
  );
  return [...new Set(known.filter(({ used }) => !found.keys.has(used)).map(({ key }) => key))].sort();
}

/** The keys of LEFT_OUT, ascending. */
export function keysLeftOut(): string[] {
  return Object.keys(LEFT_OUT).sort();
}
