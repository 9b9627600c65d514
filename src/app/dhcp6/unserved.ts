/** What a configuration asks for that a DHCPv6 server does not do yet: a server that silently left it out would be trusted in vain. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';

/** @returns what is asked for in vain, for people; empty = everything is done */
export function unservedParts(config: ServerConfig6): string[] {
  const { hooks, subnets } = config;
  const asks: readonly (readonly [boolean, string])[] = [
    [config.relationships.length > 0, 'high availability (libdhcp_ha)'],
    [config.ddns.enableUpdates, 'DNS updates (dhcp-ddns)'],
    [config.leaseCommands, 'commands for leases (libdhcp_lease_cmds)'],
    [config.commandLibraries.length > 0, 'libraries of commands'],
    [Object.values(hooks).some((hook) => hook !== null && hook !== false), 'hook libraries'],
    [subnets.some(({ storeExtendedInfo }) => storeExtendedInfo), 'store-extended-info'],
  ];
  return asks.filter(([isAsked]) => isAsked).map(([, what]) => what);
}
