/** `interfaces-config`: where queries are taken from. */
import { parseIpv4 } from '../../../base/ipv4.ts';
import type { InterfaceConfig, ServerConfig, ServiceSocketsConfig } from '../../model.ts';
import { child, describe, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { listOf } from '../../schema/collections.ts';
import { defineMap, readMap } from '../../schema/map.ts';
import { rule, withDefault } from '../../schema/rule.ts';
import { flag, integer, oneOf, UINT32_MAX } from '../../schema/scalars.ts';

export const interfacesSchema = defineMap('interfaces-config', {
  interfaces: withDefault(
    listOf(
      rule('an interface such as "eth0", "*" or "eth0/192.0.2.1"', (value) =>
        typeof value === 'string' ? (parseInterface(value) ?? undefined) : undefined,
      ),
      'a list of interfaces',
    ),
    [],
  ),
  'dhcp-socket-type': withDefault(oneOf('raw', 'udp'), 'raw'),
  // Through raw sockets a reply leaves on the interface of its query; UDP sockets leave the way to the kernel.
  'outbound-interface': withDefault(oneOf('same-as-inbound', 'use-routing'), 'same-as-inbound'),
  're-detect': withDefault(flag(), true),
  'service-sockets-require-all': withDefault(flag(), false),
  'service-sockets-max-retries': withDefault(integer(0, UINT32_MAX), 0),
  'service-sockets-retry-wait-time': withDefault(integer(0, UINT32_MAX), 5000),
});

/** In the place of what could not be read; the file is refused anyway. */
const UNREAD: ServiceSocketsConfig = { reDetect: true, requireAll: false, maxRetries: 0, retryWaitMs: 0 };

/** @param value undefined when the file has no such map */
export function readInterfaces(
  value: unknown,
  at: Path,
  report: Report,
): Pick<ServerConfig, 'interfaces' | 'socketType' | 'serviceSockets'> {
  const values = readMap(interfacesSchema, value === undefined ? {} : value, at, report);
  if (values === undefined) return { interfaces: [], socketType: 'raw', serviceSockets: UNREAD };
  if (values.interfaces.length === 0)
    report.warn(child(at, 'interfaces'), 'no interface', 'at least one: without any, no query arrives');
  if (values['outbound-interface'] === 'use-routing' && values['dhcp-socket-type'] === 'raw')
    report.warn(
      child(at, 'outbound-interface'),
      'use-routing',
      '"dhcp-socket-type": "udp": through raw sockets a reply leaves on the interface of its query',
    );
  checkDuplicates(values.interfaces, child(at, 'interfaces'), report);
  return {
    interfaces: values.interfaces,
    socketType: values['dhcp-socket-type'],
    serviceSockets: {
      reDetect: values['re-detect'],
      requireAll: values['service-sockets-require-all'],
      maxRetries: values['service-sockets-max-retries'],
      retryWaitMs: values['service-sockets-retry-wait-time'],
    },
  };
}

function checkDuplicates(interfaces: readonly InterfaceConfig[], at: Path, report: Report): void {
  const seen = new Set<string>();
  for (const { name, address } of interfaces) {
    const key = `${name}/${address}`;
    if (seen.has(key)) report.error(at, `${describe(name)} a second time`, 'each interface once');
    seen.add(key);
  }
}

function parseInterface(text: string): InterfaceConfig | null {
  // The kernel's names have at most 15 octets, neither blanks nor slashes.
  const match = /^([^\s/]{1,15})(?:\/([0-9.]{7,15}))?$/.exec(text.trim());
  const name = match?.[1];
  if (name === undefined) return null;
  const addressText = match?.[2];
  if (addressText === undefined) return { name, address: null };
  const address = parseIpv4(addressText);
  return address === null || name === '*' ? null : { name, address };
}
