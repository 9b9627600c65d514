/** Parameters of libdhcp_legal_log. */
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ValueNode } from '../../classes/syntax-tree.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { LegalFileConfig, LegalFormats, LegalLogConfig, LegalSyslogConfig } from '../hook-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap, type Values as SchemaValues } from '../schema/map.ts';
import { withDefault } from '../schema/rule.ts';
import { integer, name, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';
import { FACILITIES, facilityOf, PATTERN_OCTETS_MAX } from '../sections/loggers.ts';
import { readValueExpression } from './expression.ts';
import { programFault } from './program.ts';

export const legalLogSchema = defineMap('parameters of legal_log', {
  type: withDefault(oneOf('logfile', 'syslog'), 'logfile'),
  path: name(),
  'base-name': name(),
  'time-unit': oneOf('second', 'day', 'month', 'year'),
  count: integer(0, UINT32_MAX),
  prerotate: text(),
  postrotate: text(),
  'timestamp-format': text(),
  facility: text(),
  pattern: text(PATTERN_OCTETS_MAX),
  'request-parser-format': withDefault(text(), ''),
  'response-parser-format': withDefault(text(), ''),
});

const TIMESTAMP_FORMAT = '%Y-%m-%d %H:%M:%S %Z';

type Values = SchemaValues<typeof legalLogSchema.rules>;

/** What is said of each kind of log alone. */
const OF_FILES = [
  'path',
  'base-name',
  'time-unit',
  'count',
  'prerotate',
  'postrotate',
  'timestamp-format',
] as const;
const OF_SYSLOG = ['facility', 'pattern'] as const;

/** @param parameters undefined when the file has none */
export function readLegalLog(
  parameters: unknown,
  at: Path,
  report: Report,
  spaces: OptionSpaces,
): LegalLogConfig | null {
  const values = readMap(legalLogSchema, parameters ?? {}, at, report);
  if (values === undefined) return null;
  const isSyslog = values.type === 'syslog';
  for (const key of isSyslog ? OF_FILES : OF_SYSLOG)
    if (values[key] !== undefined)
      report.warn(
        child(at, key),
        `"${key}" beside "type": "${values.type}"`,
        `nothing: it is of "${isSyslog ? 'logfile' : 'syslog'}"`,
      );
  const target = isSyslog ? readSyslog(values, at, report) : readFile(values, at, report);
  return target && { target, formats: readFormats(values, at, report, spaces) };
}

function readFile(values: Values, at: Path, report: Report): LegalFileConfig {
  const directory = values.path ?? '/var/lib/kea';
  const baseName = values['base-name'] ?? 'kea-legal';
  if (!isDirectory(directory))
    report.error(child(at, 'path'), quote(directory), 'the absolute path of a directory that exists');
  if (baseName.includes('/')) report.error(child(at, 'base-name'), quote(baseName), 'a name without a slash');
  return {
    kind: 'file',
    directory,
    baseName,
    timeUnit: values['time-unit'] ?? 'day',
    count: values.count ?? 1,
    prerotate: readProgram(values.prerotate, child(at, 'prerotate'), report),
    postrotate: readProgram(values.postrotate, child(at, 'postrotate'), report),
    timestampFormat: values['timestamp-format'] || TIMESTAMP_FORMAT,
  };
}

function readSyslog(
  { facility: text = 'LOCAL0', pattern = '' }: Values,
  at: Path,
  report: Report,
): LegalSyslogConfig | null {
  const facility = facilityOf(text);
  if (facility === null) {
    report.error(child(at, 'facility'), quote(text), FACILITIES);
    return null;
  }
  return { kind: 'syslog', facility, pattern: pattern === '' ? null : pattern };
}

function readFormats(values: Values, at: Path, report: Report, spaces: OptionSpaces): LegalFormats | null {
  const [request, response] = (['request-parser-format', 'response-parser-format'] as const).map((key) =>
    values[key] === '' ? null : readValueExpression(values[key], spaces, child(at, key), report),
  ) as [ValueNode | null, ValueNode | null];
  return request === null && response === null ? null : { request, response };
}

function readProgram(path: string | undefined, at: Path, report: Report): string | null {
  if (path === undefined || path === '') return null;
  const fault = programFault(path);
  if (fault !== null)
    report.error(at, `${quote(path)}, ${fault}`, 'the absolute path of a program that this user may run');
  return path;
}

function isDirectory(path: string): boolean {
  return isAbsolute(path) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}
