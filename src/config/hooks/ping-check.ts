/** Parameters of libdhcp_ping_check, and what subnets say of them in their user context, `{ "ping-check": { ... } }`. */
import type { PingCheckConfig, PingSettings } from '../hook-model.ts';
import { child, describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap } from '../schema/collections.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { accepted } from '../schema/rule.ts';
import { flag, integer, UINT32_MAX } from '../schema/scalars.ts';

const rules = {
  'enable-ping-check': flag(),
  'min-ping-requests': integer(1, UINT32_MAX),
  'reply-timeout': integer(1, UINT32_MAX),
  'ping-cltt-secs': integer(0, UINT32_MAX),
  // Each packet thread sends and hears its own.
  'ping-channel-threads': accepted(integer(0, UINT32_MAX)),
} as const;

export const pingCheckSchema = defineMap('parameters of ping_check', rules);
export const subnetPingCheckSchema = defineMap('user-context/ping-check', rules);

const DEFAULTS: PingSettings = { isEnabled: true, requests: 1, replyTimeoutMs: 100, clttSec: 60 };

/** @param parameters undefined when the file has none, which Kea does not take */
export function readPingCheck(parameters: unknown, at: Path, report: Report): PingSettings | null {
  if (parameters === undefined) {
    report.error(at, 'nothing', 'a map, which may be empty');
    return null;
  }
  return readSettings(pingCheckSchema, parameters, DEFAULTS, at, report);
}

/** A subnet, and where it stands in the document. */
interface PingedSubnet {
  readonly config: { readonly id: number; readonly userContext: Readonly<Record<string, unknown>> | null };
  readonly at: Path;
}

/** The settings of the library with those of the subnets. @param settings null = the library is not loaded */
export function readPingSubnets(
  settings: PingSettings | null,
  subnets: readonly PingedSubnet[],
  report: Report,
): PingCheckConfig | null {
  if (settings === null) return null;
  const read = subnets.flatMap(({ config: { id, userContext }, at }) => {
    if (userContext === null || !Object.hasOwn(userContext, 'ping-check')) return [];
    const place = child(child(at, 'user-context'), 'ping-check');
    const own = readSettings(subnetPingCheckSchema, userContext['ping-check'], settings, place, report);
    return own === null ? [] : [{ key: id, settings: own }];
  });
  return { settings, subnets: read };
}

function readSettings(
  schema: typeof pingCheckSchema,
  value: unknown,
  inherited: PingSettings,
  at: Path,
  report: Report,
): PingSettings | null {
  if (!isMap(value)) {
    report.error(at, describe(value), 'a map');
    return null;
  }
  const values = readMap(schema, value, at, report);
  return {
    isEnabled: values?.['enable-ping-check'] ?? inherited.isEnabled,
    requests: values?.['min-ping-requests'] ?? inherited.requests,
    replyTimeoutMs: values?.['reply-timeout'] ?? inherited.replyTimeoutMs,
    clttSec: values?.['ping-cltt-secs'] ?? inherited.clttSec,
  };
}
