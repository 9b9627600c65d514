/** `hooks-libraries`: Tandem loads no libraries; their file names say which of its own parts are switched on. */
import { basename } from 'node:path';
import { RELATIONSHIPS_MAX } from '../../limits.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import { COMMAND_LIBRARIES, type CommandLibrary } from '../control-model.ts';
import { type HaSurroundings, readRelationship } from '../ha/relationship.ts';
import type { HaRelationshipConfig } from '../ha-model.ts';
import type { HooksConfig, PingSettings } from '../hook-model.ts';
import { readFlexId } from '../hooks/flex-id.ts';
import { readFlexOption } from '../hooks/flex-option.ts';
import { readLegalLog } from '../hooks/legal-log.ts';
import { readPerfmon } from '../hooks/perfmon.ts';
import { readPingCheck } from '../hooks/ping-check.ts';
import { readRunScript } from '../hooks/run-script.ts';
import { child, describe, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, list } from '../schema/collections.ts';
import { defineMap, readMap, withoutContext } from '../schema/map.ts';
import { required } from '../schema/rule.ts';
import { name } from '../schema/scalars.ts';

export const hookSchema = withoutContext(
  defineMap('hooks-libraries[]', {
    library: required(name()),
    parameters: freeMap(),
  }),
);

export const leaseCommandsParametersSchema = defineMap('parameters of lease_cmds', {}, 'warning');

export const haParametersSchema = defineMap(
  'parameters of ha',
  { 'high-availability': required(list()) },
  'warning',
);

/** What Tandem has of its own. */
export const BUILT_IN: ReadonlySet<string> = new Set([
  'lease_cmds',
  'ha',
  'run_script',
  'legal_log',
  'forensic_log',
  'flex_id',
  'flex_option',
  'limits',
  'bootp',
  'ping_check',
  'perfmon',
  ...COMMAND_LIBRARIES,
]);

/** What Tandem has of its own for DHCPv4 alone. */
const NOT_OF_DHCP6: ReadonlySet<string> = new Set(['bootp', 'ping_check', 'perfmon']);

/** Other libraries that come with Kea. */
export const KNOWN: ReadonlySet<string> = new Set(
  `cb_cmds ddns_tuning gss_tsig host_cache lease_query
  mysql mysql_cb pgsql pgsql_cb radius rbac user_chk`.split(/\s+/),
);

export interface Hooks {
  readonly leaseCommands: boolean;
  /** What the libraries are to do that are more than commands, by their own parameters. */
  readonly config: ParameterHooks;
  /** The limits library is loaded: what it is to do stands in classes and subnets. */
  readonly hasLimits: boolean;
  /** What the ping_check library does in subnets that say nothing else, or null. */
  readonly pingCheck: PingSettings | null;
  /** Where the parameters of the perfmon library stand, or null. */
  readonly perfmonAt: Path | null;
  readonly commandLibraries: readonly CommandLibrary[];
  readonly relationships: readonly HaRelationshipConfig[];
  /** Where the list of relationships stands in the document, for checks that need the rest of the configuration. */
  readonly haAt: Path | null;
}

type ParameterHooks = Omit<HooksConfig, 'limits' | 'pingCheck'>;

interface LoadedHook {
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
  readonly at: Path;
}

/** @param at of the Dhcp4 map */
export function readHooks(
  values: { readonly 'hooks-libraries': readonly unknown[] },
  surroundings: HaSurroundings,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): Hooks {
  const { family } = spaces.standard;
  const hooks = readLibraries(family, values['hooks-libraries'], child(at, 'hooks-libraries'), report);
  const leaseCommands = hooks.get('lease_cmds');
  for (const library of ['lease_cmds', 'limits', 'bootp', ...COMMAND_LIBRARIES]) {
    const hook = hooks.get(library);
    if (hook?.parameters === undefined) continue;
    const schema = { ...leaseCommandsParametersSchema, name: `parameters of ${library}` };
    readMap(schema, hook.parameters, child(hook.at, 'parameters'), report);
  }
  const perfmon = hooks.get('perfmon');
  const commands = {
    leaseCommands: leaseCommands !== undefined,
    perfmonAt: perfmon === undefined ? null : child(perfmon.at, 'parameters'),
    hasLimits: hooks.has('limits'),
    commandLibraries: COMMAND_LIBRARIES.filter((library) => hooks.has(library)),
  };
  const ha = hooks.get('ha');
  const common = { ...commands, ...readConfig(hooks, spaces, surroundings.isMultiThreaded, report) };
  if (ha === undefined) return { ...common, relationships: [], haAt: null };
  if (leaseCommands === undefined)
    report.error(
      child(ha.at, 'library'),
      'the ha library without the lease_cmds library',
      'libdhcp_lease_cmds.so in the same list: the servers exchange leases by its commands',
    );
  return { ...common, ...readHa(ha, surroundings, report) };
}

/** The libraries of the list by the middle of their name, e.g. "ha" for /usr/lib/kea/hooks/libdhcp_ha.so. */
function readLibraries(
  family: 4 | 6,
  entries: readonly unknown[],
  at: Path,
  report: Report,
): Map<string, LoadedHook> {
  const hooks = new Map<string, LoadedHook>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(hookSchema, entry, place, report);
    if (values?.library === undefined) continue;
    const hook = /^libdhcp_(\w{1,32})\.so$/.exec(basename(values.library))?.[1];
    const libraryAt = child(place, 'library');
    if (hook !== undefined && (KNOWN.has(hook) || (family === 6 && NOT_OF_DHCP6.has(hook)))) {
      report.unsupported(libraryAt, values.library, 'libdhcp_lease_cmds.so or libdhcp_ha.so');
    } else if (hook === undefined || !BUILT_IN.has(hook)) {
      report.error(libraryAt, quote(values.library), 'a library of Kea such as libdhcp_lease_cmds.so');
    } else if (hooks.has(hook)) {
      report.error(libraryAt, `${quote(values.library)} a second time`, 'each library once');
    } else hooks.set(hook, { parameters: values.parameters, at: place });
  }
  return hooks;
}

function readConfig(
  hooks: ReadonlyMap<string, LoadedHook>,
  spaces: OptionSpaces,
  isMultiThreaded: boolean,
  report: Report,
): Pick<Hooks, 'config' | 'pingCheck'> {
  const read = <T>(
    hook: LoadedHook | undefined,
    reader: (parameters: unknown, at: Path, report: Report, spaces: OptionSpaces) => T | null,
  ): T | null =>
    hook === undefined ? null : reader(hook.parameters, child(hook.at, 'parameters'), report, spaces);
  return {
    config: {
      runScript: read(hooks.get('run_script'), readRunScript),
      // The library's name up to Kea 2.6 was another one.
      legalLog: read(hooks.get('legal_log') ?? hooks.get('forensic_log'), readLegalLog),
      flexId: read(hooks.get('flex_id'), readFlexId),
      flexOption: read(hooks.get('flex_option'), readFlexOption),
      bootp: hooks.has('bootp'),
      perfmon: read(hooks.get('perfmon'), (parameters, at, report) =>
        readPerfmon(parameters, at, report, isMultiThreaded),
      ),
    },
    pingCheck: read(hooks.get('ping_check'), readPingCheck),
  };
}

function readHa(
  hook: LoadedHook,
  surroundings: HaSurroundings,
  report: Report,
): Pick<Hooks, 'relationships' | 'haAt'> {
  const parametersAt = child(hook.at, 'parameters');
  const parameters = readMap(haParametersSchema, hook.parameters ?? {}, parametersAt, report);
  const entries = parameters?.['high-availability'];
  if (entries === undefined) return { relationships: [], haAt: null };
  const haAt = child(parametersAt, 'high-availability');
  if (entries.length === 0) report.error(haAt, describe(entries), 'a list of at least one relationship');
  if (entries.length > RELATIONSHIPS_MAX)
    report.error(haAt, describe(entries), `at most ${RELATIONSHIPS_MAX} relationships`);
  if (entries.length > 1 && surroundings.thisServerName !== null)
    report.error(
      haAt,
      '--this-server-name with several relationships',
      'one relationship: this server has another name in each of several',
    );
  const read = entries.map((entry, i) => readRelationship(entry, surroundings, child(haAt, i), report));
  return { relationships: read.filter((each) => each !== null), haAt };
}
