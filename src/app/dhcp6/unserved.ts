/** What a configuration asks for that a DHCPv6 server does not do yet: a server that silently left it out would be trusted in vain. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { Log } from '../../log/logger.ts';

/** @returns what is asked for in vain, for people; empty = everything is done */
function unservedParts(config: ServerConfig6): string[] {
  const { hooks } = config;
  const asks: readonly (readonly [boolean, string])[] = [
    [hooks.legalLog !== null && hooks.legalLog.formats !== null, 'formats of libdhcp_legal_log'],
  ];
  return asks.filter(([isAsked]) => isAsked).map(([, what]) => what);
}

/** Why a configuration is none for the server, null = it is one. @param ignored what is asked for in vain is left out, with a warning */
export function refusalOf(config: ServerConfig6, ignored: boolean, log: Log): string | null {
  const unserved = unservedParts(config);
  if (unserved.length === 0) return null;
  const text = `the DHCPv6 server does not have yet: ${unserved.join(', ')}`;
  if (!ignored) return `${text}; remove it, or leave it out with --ignore-unsupported`;
  log('TDM_CONFIG_WARNING', { warning: `${text}; it is left out` });
  return null;
}
