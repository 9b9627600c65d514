/**
 * The way into the configuration of a server of either family. What only DHCPv6 needs is loaded when a file is for it: a DHCPv4
 * server is not to start later for it.
 */
import {
  check,
  failed,
  type Loaded,
  type LoadOptions,
  type Refused,
  reportFor,
  unreadable,
} from './check.ts';
import type { ServerConfig6 } from './dhcp6/model.ts';
import { DHCP4 } from './load.ts';
import type { ServerConfig } from './model.ts';
import { isMap } from './schema/collections.ts';
import { readConfigFile } from './syntax/include.ts';
import { parseConfigText } from './syntax/text.ts';

/** What a file of either family is. */
export type AnyLoadResult =
  | (Loaded<ServerConfig> & { readonly family: 4 })
  | (Loaded<ServerConfig6> & { readonly family: 6 })
  | Refused;

/** Reads and checks a configuration file of either family. Never rejects. */
export async function loadAnyConfig(path: string, options: LoadOptions = {}): Promise<AnyLoadResult> {
  const text = readConfigFile(path);
  if (typeof text !== 'string') return unreadable(path, text.reason);
  const report = reportFor(options);
  const document = parseConfigText(text, path, report);
  if (document === undefined) return failed(report);
  if (isOfDhcp6(document)) {
    const { DHCP6 } = await import('./load6.ts');
    const result = check(document, DHCP6, options, report);
    return result.ok ? { ...result, family: 6 } : result;
  }
  const result = check(document, { ...DHCP4, expected: '"Dhcp4" or "Dhcp6"' }, options, report);
  return result.ok ? { ...result, family: 4 } : result;
}

function isOfDhcp6(document: unknown): boolean {
  return isMap(document) && Object.hasOwn(document, 'Dhcp6') && !Object.hasOwn(document, 'Dhcp4');
}
