/** Parameters of libdhcp_legal_log. */
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { FieldName, ValueNode } from '../../classes/syntax-tree.ts';
import type { OptionSpaces } from '../../dhcp4/option-spaces.ts';
import type { LegalFormats, LegalLogConfig } from '../hook-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { notImplemented, ofKind, withDefault } from '../schema/rule.ts';
import { integer, name, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';
import { readValueExpression } from './expression.ts';
import { programFault } from './program.ts';

export const legalLogSchema = defineMap('parameters of legal_log', {
  type: ofKind(
    text(),
    notImplemented('"logfile"', (value) => value === 'logfile'),
  ),
  path: withDefault(name(), '/var/lib/kea'),
  'base-name': withDefault(name(), 'kea-legal'),
  'time-unit': withDefault(oneOf('second', 'day', 'month', 'year'), 'day'),
  count: withDefault(integer(0, UINT32_MAX), 1),
  prerotate: text(),
  postrotate: text(),
  'timestamp-format': withDefault(text(), '%Y-%m-%d %H:%M:%S %Z'),
  'request-parser-format': withDefault(text(), ''),
  'response-parser-format': withDefault(text(), ''),
});

/** @param parameters undefined when the file has none */
export function readLegalLog(
  parameters: unknown,
  at: Path,
  report: Report,
  spaces: OptionSpaces,
): LegalLogConfig | null {
  const values = readMap(legalLogSchema, parameters ?? {}, at, report);
  if (values === undefined) return null;
  if (!isDirectory(values.path))
    report.error(child(at, 'path'), quote(values.path), 'the absolute path of a directory that exists');
  if (values['base-name'].includes('/'))
    report.error(child(at, 'base-name'), quote(values['base-name']), 'a name without a slash');
  return {
    directory: values.path,
    baseName: values['base-name'],
    timeUnit: values['time-unit'],
    count: values.count,
    prerotate: readProgram(values.prerotate, child(at, 'prerotate'), report),
    postrotate: readProgram(values.postrotate, child(at, 'postrotate'), report),
    timestampFormat: values['timestamp-format'],
    formats: readFormats(values, at, report, spaces),
  };
}

type Values = {
  readonly 'request-parser-format': string;
  readonly 'response-parser-format': string;
};

function readFormats(values: Values, at: Path, report: Report, spaces: OptionSpaces): LegalFormats | null {
  const [request, response] = (['request-parser-format', 'response-parser-format'] as const).map((key) =>
    values[key] === '' ? null : readValueExpression(values[key], spaces, child(at, key), report),
  ) as [ValueNode | null, ValueNode | null];
  if (mentions(response, 'src'))
    report.unsupported(
      child(at, 'response-parser-format'),
      values['response-parser-format'],
      'an expression without pkt.src, which in a reply is where it goes',
    );
  return request === null && response === null ? null : { request, response };
}

/** Whether an expression asks for a field of the datagram. */
function mentions(node: unknown, field: FieldName): boolean {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return false;
  if ('kind' in node && node.kind === 'field' && 'field' in node && node.field === field) return true;
  return Object.values(node).some((each) => mentions(each, field));
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
