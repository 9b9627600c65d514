/**
 * The network interfaces to serve: what the machine has, and what the configuration names, by Kea's rules
 * (interfaces-config.interfaces). Loopback is served only when it is named.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { formatIpv4, type Ipv4, parseIpv4 } from '../base/ipv4.ts';
import type { InterfaceConfig } from '../config/model.ts';

/** One IPv4 address of one interface. */
export interface Ipv4Interface {
  readonly name: string;
  readonly address: Ipv4;
  readonly netmask: Ipv4;
  /** Whether the link can broadcast; a point-to-point link cannot. */
  readonly broadcast: boolean;
  readonly loopback: boolean;
}

const SYSFS_NET = '/sys/class/net';
/** <linux/if.h> */
const IFF_BROADCAST = 0x2;

/** Every IPv4 address of every interface that is up, in the system's order. */
export function listIpv4Interfaces(): Ipv4Interface[] {
  const found: Ipv4Interface[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const entry of addresses ?? []) {
      const address = entry.family === 'IPv4' ? parseIpv4(entry.address) : null;
      if (address === null) continue;
      const netmask = parseIpv4(entry.netmask) ?? 0xffffffff;
      found.push({
        name,
        address,
        netmask,
        broadcast: canBroadcast(name, entry.internal),
        loopback: entry.internal,
      });
    }
  }
  return found;
}

/**
 * The addresses that the configured interfaces stand for, each once, in the order of the configuration.
 * @param configured "*" = every interface but loopback; a name = all its IPv4 addresses; a name with an address = that one
 * @throws an Error that names the interface or address and says which exist
 */
export function resolveInterfaces(
  configured: readonly InterfaceConfig[],
  available: readonly Ipv4Interface[] = listIpv4Interfaces(),
): Ipv4Interface[] {
  const chosen = new Set<Ipv4Interface>();
  for (const wanted of configured) {
    for (const entry of wanted.name === '*' ? withoutLoopback(available) : named(wanted, available)) {
      chosen.add(entry);
    }
  }
  return [...chosen];
}

function withoutLoopback(available: readonly Ipv4Interface[]): Ipv4Interface[] {
  return available.filter((entry) => !entry.loopback);
}

function named(wanted: InterfaceConfig, available: readonly Ipv4Interface[]): Ipv4Interface[] {
  const entries = available.filter((entry) => entry.name === wanted.name);
  if (entries.length === 0) throw new Error(describeMissing(wanted.name, available));
  if (wanted.address === null) return entries;
  const address = wanted.address;
  const exact = entries.filter((entry) => entry.address === address);
  if (exact.length > 0) return exact;
  const addresses = entries.map((entry) => formatIpv4(entry.address)).join(', ');
  throw new Error(
    `interfaces-config: interface ${wanted.name} has no address ${formatIpv4(address)}; it has ${addresses}`,
  );
}

function describeMissing(name: string, available: readonly Ipv4Interface[]): string {
  const usable = [...new Set(available.map((entry) => entry.name))].join(', ') || 'none';
  const what = interfaceNames().includes(name)
    ? `interface ${name} is down or has no IPv4 address; bring it up and give it one`
    : `there is no interface ${name}`;
  return `interfaces-config: ${what}; interfaces with an IPv4 address: ${usable}`;
}

/** Every interface, up or not; empty where sysfs is not mounted. */
function interfaceNames(): string[] {
  try {
    return readdirSync(SYSFS_NET);
  } catch {
    return [];
  }
}

function canBroadcast(name: string, loopback: boolean): boolean {
  try {
    // An alias such as "eth0:1" is its interface under another label.
    const device = name.split(':')[0]!;
    return (Number(readFileSync(`${SYSFS_NET}/${device}/flags`, 'utf8')) & IFF_BROADCAST) !== 0;
  } catch {
    return !loopback;
  }
}
