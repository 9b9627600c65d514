/** `interfaces-config` of DHCPv6: the interfaces, with unicast addresses of theirs. */
import type { ServerConfig6 } from '../../dhcp6/model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { defineMap, readMap } from '../../schema/map.ts';
import { IPV6 } from '../addresses.ts';
import {
  checkInterfaceList,
  interfacesRule,
  readServiceSockets,
  serviceSocketRules,
  UNREAD_SOCKETS,
} from '../interfaces.ts';

export const interfacesSchema6 = defineMap('interfaces-config', {
  interfaces: interfacesRule(IPV6),
  ...serviceSocketRules,
});

/** @param value undefined when the file has no such map */
export function readInterfaces6(
  value: unknown,
  at: Path,
  report: Report,
): Pick<ServerConfig6, 'interfaces' | 'serviceSockets'> {
  const values = readMap(interfacesSchema6, value === undefined ? {} : value, at, report);
  if (values === undefined) return { interfaces: [], serviceSockets: UNREAD_SOCKETS };
  checkInterfaceList(IPV6, values.interfaces, child(at, 'interfaces'), report);
  return { interfaces: values.interfaces, serviceSockets: readServiceSockets(values) };
}
