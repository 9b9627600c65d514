/** What a configuration asks for that a DHCPv6 server does not do yet: a server that silently left it out would be trusted in vain. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';

/** @returns what is asked for in vain, for people; empty = everything is done */
export function unservedParts(config: ServerConfig6): string[] {
  const { hooks, subnets } = config;
  const asks: readonly (readonly [boolean, string])[] = [
    [
      config.commandLibraries.some((library) => library !== 'stat_cmds'),
      'libraries of commands other than libdhcp_stat_cmds',
    ],
    [Object.values(hooks).some((hook) => hook !== null && hook !== false), 'hook libraries'],
    [subnets.some(({ storeExtendedInfo }) => storeExtendedInfo), 'store-extended-info'],
    [config.relaySuppliedOptions.length > 0, 'relay-supplied-options'],
  ];
  return asks.filter(([isAsked]) => isAsked).map(([, what]) => what);
}
