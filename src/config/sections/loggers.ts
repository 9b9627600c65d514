/** `loggers`: names, severities, and the outputs that Tandem does not choose by itself. */
import type { LoggerConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { accepted, required, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';

export const loggerSchema = defineMap('loggers[]', {
  name: required(name()),
  severity: withDefault(oneOf('FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'NONE'), 'INFO'),
  debuglevel: withDefault(accepted(integer(0, 99)), 0),
  'output-options': accepted(list()),
  output_options: accepted(list()),
});

export const loggerOutputSchema = defineMap('output-options[]', {
  output: required(accepted(name())),
  flush: accepted(flag()),
  maxsize: accepted(integer(0, UINT32_MAX)),
  maxver: accepted(integer(1, UINT32_MAX)),
  pattern: accepted(text()),
});

export function readLoggers(entries: readonly unknown[], at: Path, report: Report): readonly LoggerConfig[] {
  const loggers: LoggerConfig[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(loggerSchema, entry, place, report);
    if (values === undefined) continue;
    const oldOutputs = values.output_options;
    const outputs = values['output-options'];
    if (oldOutputs !== undefined && outputs !== undefined)
      report.error(
        child(place, 'output_options'),
        '"output_options" beside "output-options"',
        'one of the two',
        'key',
      );
    checkOutputs(outputs ?? [], child(place, 'output-options'), report);
    checkOutputs(oldOutputs ?? [], child(place, 'output_options'), report);
    if (values.name !== undefined)
      loggers.push({ name: values.name, severity: values.severity, debugLevel: values.debuglevel });
  }
  return loggers;
}

/** One process, one log: lines go to standard output, and what runs the process decides where they are kept. */
function checkOutputs(entries: readonly unknown[], at: Path, report: Report): void {
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(loggerOutputSchema, entry, place, report);
    if (values?.output === undefined || values.output === 'stdout') continue;
    report.warn(
      child(place, 'output'),
      quote(values.output),
      '"stdout": Tandem writes its log to standard output and nowhere else',
    );
  }
}
