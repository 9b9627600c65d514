/** `lease-database` and `expired-leases-processing`: where leases are kept and how they end. */
import { isAbsolute, relative, resolve } from 'node:path';
import type { ExpiredLeasesConfig, LeaseDatabaseConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, type Rules, readMap, type Values, withoutContext } from '../schema/map.ts';
import { accepted, type Rule, required, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOf, orEmpty, secret, text, UINT32_MAX } from '../schema/scalars.ts';

const DATA_DIRECTORY = '/var/lib/kea';

/** Another store would silently start empty: never ignored. */
function databaseType(): Rule<string, undefined> {
  const known = oneOf('memfile', 'mysql', 'postgresql');
  return {
    ...known,
    expected: '"memfile"',
    read: (value, at, report) => {
      if (value === 'mysql' || value === 'postgresql') report.unsupported(at, value, '"memfile"', false);
      return known.read(value, at, report);
    },
  };
}

/** How a database of another kind is reached: nothing to a file. */
const connectionRules = {
  user: accepted(text()),
  password: accepted(secret()),
  host: accepted(text()),
  port: accepted(integer(0, 65535)),
  'connect-timeout': accepted(integer(0, UINT32_MAX)),
  'read-timeout': accepted(integer(0, UINT32_MAX)),
  'write-timeout': accepted(integer(0, UINT32_MAX)),
  'tcp-user-timeout': accepted(integer(0, UINT32_MAX)),
  'max-reconnect-tries': accepted(integer(0, UINT32_MAX)),
  'reconnect-wait-time': accepted(integer(0, UINT32_MAX)),
  'retry-on-startup': accepted(flag()),
  'on-fail': accepted(oneOf('stop-retry-exit', 'serve-retry-exit', 'serve-retry-continue')),
  'trust-anchor': accepted(text()),
  'cert-file': accepted(text()),
  'key-file': accepted(text()),
  'cipher-list': accepted(text()),
} as const satisfies Rules;

function schemaOf(family: 4 | 6) {
  return withoutContext(
    defineMap('lease-database', {
      type: required(databaseType()),
      name: withDefault(orEmpty(name()), `kea-leases${family}.csv`),
      persist: withDefault(flag(), true),
      'lfc-interval': withDefault(integer(0, UINT32_MAX), 3600),
      'max-row-errors': withDefault(integer(0, UINT32_MAX), 0),
      ...connectionRules,
    }),
  );
}

export const leaseDatabaseSchema = schemaOf(4);
export const leaseDatabaseSchema6 = schemaOf(6);

export const expiredLeasesSchema = withoutContext(
  defineMap('expired-leases-processing', {
    'reclaim-timer-wait-time': withDefault(integer(0, 65535), 10),
    'flush-reclaimed-timer-wait-time': withDefault(integer(0, 65535), 25),
    'hold-reclaimed-time': withDefault(integer(0, UINT32_MAX), 3600),
    'max-reclaim-leases': withDefault(integer(0, UINT32_MAX), 100),
    'max-reclaim-time': withDefault(integer(0, 10_000), 250),
    'unwarned-reclaim-cycles': accepted(integer(0, 65535)),
  }),
);

export const sanityChecksSchema = withoutContext(
  defineMap('sanity-checks', {
    'lease-checks': withDefault(oneOf('none', 'warn', 'fix', 'fix-del', 'del'), 'warn'),
    'extended-info-checks': withDefault(oneOf('none', 'fix', 'strict', 'pedantic'), 'fix'),
  }),
);

/** @param value undefined when the file has no such map: Kea's defaults apply */
export function readLeaseDatabase(
  family: 4 | 6,
  value: unknown,
  checks: Values<typeof sanityChecksSchema.rules> | undefined,
  at: Path,
  report: Report,
): LeaseDatabaseConfig {
  const schema = family === 4 ? leaseDatabaseSchema : leaseDatabaseSchema6;
  const values = readMap(schema, value === undefined ? { type: 'memfile' } : value, at, report);
  return {
    persist: values?.persist ?? true,
    path: resolveLeaseFile(values?.name ?? schema.rules.name.fallback, child(at, 'name'), report),
    lfcIntervalSec: values?.['lfc-interval'] ?? 0,
    maxRowErrors: values?.['max-row-errors'] ?? 0,
    leaseChecks: checks?.['lease-checks'] ?? 'warn',
    extendedInfoChecks: checks?.['extended-info-checks'] ?? 'fix',
  };
}

/** The missing map has the same defaults as an empty one. */
export function readExpiredLeases(
  given: Values<typeof expiredLeasesSchema.rules> | undefined,
  at: Path,
  report: Report,
): ExpiredLeasesConfig {
  const values = given ?? readMap(expiredLeasesSchema, {}, at, report);
  return {
    reclaimTimerWaitSec: values?.['reclaim-timer-wait-time'] ?? 0,
    flushReclaimedTimerWaitSec: values?.['flush-reclaimed-timer-wait-time'] ?? 0,
    holdReclaimedSec: values?.['hold-reclaimed-time'] ?? 0,
    maxReclaimLeases: values?.['max-reclaim-leases'] ?? 0,
    maxReclaimMs: values?.['max-reclaim-time'] ?? 0,
  };
}

/** A relative name stays inside the data directory; to go elsewhere one has to say where. */
function resolveLeaseFile(file: string, at: Path, report: Report): string {
  if (isAbsolute(file)) return resolve(file);
  const directory = resolve(process.env['KEA_DHCP_DATA_DIR'] || DATA_DIRECTORY);
  const path = resolve(directory, file);
  const inside = relative(directory, path);
  if (inside === '' || inside.startsWith('..'))
    report.error(at, quote(file), `a file inside ${directory}, or an absolute path`);
  return path;
}
