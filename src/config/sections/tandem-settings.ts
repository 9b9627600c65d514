/** `user-context.tandem` of the Dhcp4 map: what Kea has no key for, at a place where Kea lets it pass. */
import { isIP } from 'node:net';
import { LEASES_MAX } from '../../limits.ts';
import type { TandemSettings } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { rule, withDefault } from '../schema/rule.ts';
import { flag, integer, oneOf } from '../schema/scalars.ts';

export const tandemSchema = defineMap('user-context/tandem', {
  fdatasync: withDefault(flag(), true),
  'offer-hold-time': withDefault(integer(1, 3600), 10),
  'max-leases': withDefault(integer(0, LEASES_MAX), 0),
  'shutdown-grace-time': withDefault(integer(0, 60), 2),
  'subnet-metrics': withDefault(flag(), false),
  'join-replies': withDefault(oneOf('auto', 'always', 'never'), 'auto'),
  'peer-listen-address': rule('an IP address of this host, "0.0.0.0" for all of them', (value) =>
    typeof value === 'string' && isIP(value) !== 0 ? value : undefined,
  ),
});

/** @param context the `user-context` of the Dhcp4 map, if there is one */
export function readTandemSettings(
  context: Readonly<Record<string, unknown>> | undefined,
  at: Path,
  report: Report,
): TandemSettings {
  const given = context !== undefined && Object.hasOwn(context, 'tandem') ? context['tandem'] : {};
  const values = readMap(tandemSchema, given, child(at, 'tandem'), report);
  return {
    fdatasync: values?.fdatasync ?? true,
    offerHoldSec: values?.['offer-hold-time'] ?? 0,
    maxLeases: values?.['max-leases'] ?? 0,
    shutdownGraceSec: values?.['shutdown-grace-time'] ?? 0,
    subnetMetrics: values?.['subnet-metrics'] ?? false,
    joinReplies: values?.['join-replies'] ?? 'auto',
    peerListenAddress: values?.['peer-listen-address'] ?? null,
  };
}
