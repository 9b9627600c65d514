/** `loggers`: which messages are written, and where. */
import { isAbsolute, relative, resolve } from 'node:path';
import { LOGGER_NAMES_6 } from '../dhcp6/model.ts';
import { LOGGER_NAMES, type LoggerConfig, type LoggerOutputConfig, SyslogFacility } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap, type Values, withoutContext } from '../schema/map.ts';
import { accepted, required, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOfAnyCase, text } from '../schema/scalars.ts';

export const loggerSchema = defineMap('loggers[]', {
  name: required(name()),
  severity: withDefault(oneOfAnyCase('FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'NONE'), 'INFO'),
  debuglevel: withDefault(accepted(integer(0, 99)), 0),
  'output-options': list(),
  output_options: list(),
});

export const PATTERN_OCTETS_MAX = 1000;

export const loggerOutputSchema = withoutContext(
  defineMap('output-options[]', {
    output: required(name()),
    flush: accepted(flag()),
    maxsize: withDefault(integer(0, Number.MAX_SAFE_INTEGER), 10_240_000),
    maxver: withDefault(integer(0, 4_294_967_295), 1),
    pattern: text(PATTERN_OCTETS_MAX),
  }),
);

type OutputValues = Values<typeof loggerOutputSchema.rules>;

const LOG_DIRECTORY = '/var/log/kea';
/** A smaller size is taken for this one, as log4cplus does; only 0 is never. */
const ROTATED_SIZE_MIN = 204_800;

export function readLoggers(
  family: 4 | 6,
  entries: readonly unknown[],
  at: Path,
  report: Report,
): readonly LoggerConfig[] {
  const known = family === 4 ? LOGGER_NAMES : LOGGER_NAMES_6;
  const loggers: LoggerConfig[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(loggerSchema, entry, place, report);
    if (values === undefined) continue;
    const oldOutputs = values.output_options;
    const newOutputs = values['output-options'];
    if (oldOutputs !== undefined && newOutputs !== undefined)
      report.error(
        child(place, 'output_options'),
        '"output_options" beside "output-options"',
        'one of the two',
        'key',
      );
    const key = newOutputs === undefined ? 'output_options' : 'output-options';
    const outputs = readOutputs(newOutputs ?? oldOutputs ?? [], child(place, key), report);
    const { name: loggerName, severity, debuglevel: debugLevel } = values;
    if (loggerName === undefined) continue;
    warnOfName(loggerName, known, loggers, child(place, 'name'), report);
    loggers.push({ name: loggerName, severity, debugLevel, outputs });
  }
  return loggers;
}

function warnOfName(
  loggerName: string,
  known: readonly string[],
  earlier: readonly LoggerConfig[],
  at: Path,
  report: Report,
): void {
  if (earlier.some((logger) => logger.name === loggerName))
    report.warn(at, `${quote(loggerName)} a second time`, 'each logger once: only the last one counts');
  if (known.every((each) => each !== loggerName))
    report.warn(
      at,
      `${quote(loggerName)}, which no message goes through`,
      `one of ${known.map((each) => `"${each}"`).join(', ')}`,
    );
}

function readOutputs(entries: readonly unknown[], at: Path, report: Report): readonly LoggerOutputConfig[] {
  const outputs: LoggerOutputConfig[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(loggerOutputSchema, entry, place, report);
    if (values?.output === undefined) continue;
    const target = readTarget(values.output, values, child(place, 'output'), report);
    const pattern = values.pattern ?? '';
    if (target !== null) outputs.push({ target, pattern: pattern === '' ? null : pattern });
  }
  return outputs;
}

function readTarget(
  output: string,
  { maxsize, maxver }: OutputValues,
  at: Path,
  report: Report,
): LoggerOutputConfig['target'] | null {
  // By their paths they would be opened a second time, with a place in the file of their own.
  if (output === 'stdout' || output === '/dev/stdout') return { kind: 'stdout' };
  if (output === 'stderr' || output === '/dev/stderr') return { kind: 'stderr' };
  if (output === 'syslog') return { kind: 'syslog', facility: 'LOCAL0' };
  if (output.startsWith('syslog:')) return readFacility(output, at, report);
  const path = resolveLogFile(output, at, report);
  const maxSize = maxsize === 0 ? 0 : Math.max(maxsize, ROTATED_SIZE_MIN);
  return { kind: 'file', path, maxSize, maxVersions: Math.max(maxver, 1) };
}

function readFacility(output: string, at: Path, report: Report): LoggerOutputConfig['target'] | null {
  const facility = facilityOf(output.slice('syslog:'.length));
  if (facility !== null) return { kind: 'syslog', facility };
  report.error(at, quote(output), `"syslog:" and ${FACILITIES}`);
  return null;
}

const FACILITY_NAMES = Object.keys(SyslogFacility) as (keyof typeof SyslogFacility)[];
/** What a facility must be. */
export const FACILITIES = `one of ${FACILITY_NAMES.join(', ')}`;

/** A facility of the system's log by its name, in any case; null = there is none of it. */
export function facilityOf(text: string): keyof typeof SyslogFacility | null {
  return FACILITY_NAMES.find((each) => each === text.toUpperCase()) ?? null;
}

/** A relative name stays inside the log directory; to go elsewhere one has to say where. */
function resolveLogFile(file: string, at: Path, report: Report): string {
  if (isAbsolute(file)) return resolve(file);
  const directory = resolve(process.env['KEA_LOG_FILE_DIR'] || LOG_DIRECTORY);
  const path = resolve(directory, file);
  const inside = relative(directory, path);
  if (inside === '' || inside.startsWith('..'))
    report.error(
      at,
      quote(file),
      `"stdout", "stderr", "syslog", a file inside ${directory}, or an absolute path`,
    );
  return path;
}

/**
 * A log in the place of the lease file, or of the files that stand beside it while it is cleaned up, would spoil it.
 * @param at the list of loggers
 */
export function checkLogFiles(
  loggers: readonly LoggerConfig[],
  leaseFile: string,
  at: Path,
  report: Report,
): void {
  for (const { outputs } of loggers)
    for (const { target } of outputs)
      if (target.kind === 'file' && (target.path === leaseFile || target.path.startsWith(`${leaseFile}.`)))
        report.error(at, `the log file ${quote(target.path)}`, 'another file than the lease file');
}
