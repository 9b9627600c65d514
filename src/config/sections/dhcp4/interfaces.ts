/** `interfaces-config` of DHCPv4: the interfaces, and by what kind of sockets they are served. */
import type { ServerConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { defineMap, readMap } from '../../schema/map.ts';
import { withDefault } from '../../schema/rule.ts';
import { oneOf } from '../../schema/scalars.ts';
import { IPV4 } from '../addresses.ts';
import {
  checkInterfaceList,
  interfacesRule,
  readServiceSockets,
  serviceSocketRules,
  UNREAD_SOCKETS,
} from '../interfaces.ts';

export const interfacesSchema = defineMap('interfaces-config', {
  interfaces: interfacesRule(IPV4),
  'dhcp-socket-type': withDefault(oneOf('raw', 'udp'), 'raw'),
  // Through raw sockets a reply leaves on the interface of its query; UDP sockets leave the way to the kernel.
  'outbound-interface': withDefault(oneOf('same-as-inbound', 'use-routing'), 'same-as-inbound'),
  ...serviceSocketRules,
});

/** @param value undefined when the file has no such map */
export function readInterfaces(
  value: unknown,
  at: Path,
  report: Report,
): Pick<ServerConfig, 'interfaces' | 'socketType' | 'serviceSockets'> {
  const values = readMap(interfacesSchema, value === undefined ? {} : value, at, report);
  if (values === undefined) return { interfaces: [], socketType: 'raw', serviceSockets: UNREAD_SOCKETS };
  if (values['outbound-interface'] === 'use-routing' && values['dhcp-socket-type'] === 'raw')
    report.warn(
      child(at, 'outbound-interface'),
      'use-routing',
      '"dhcp-socket-type": "udp": through raw sockets a reply leaves on the interface of its query',
    );
  checkInterfaceList(IPV4, values.interfaces, child(at, 'interfaces'), report);
  return {
    interfaces: values.interfaces,
    socketType: values['dhcp-socket-type'],
    serviceSockets: readServiceSockets(values),
  };
}
