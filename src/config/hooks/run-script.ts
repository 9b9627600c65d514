/** Parameters of libdhcp_run_script. */
import type { RunScriptConfig } from '../hook-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { flag, name } from '../schema/scalars.ts';
import { programFault } from './program.ts';

export const runScriptSchema = defineMap('parameters of run_script', {
  name: required(name()),
  sync: withDefault(flag(), false),
});

/** @param parameters undefined when the file has none */
export function readRunScript(parameters: unknown, at: Path, report: Report): RunScriptConfig | null {
  const values = readMap(runScriptSchema, parameters ?? {}, at, report);
  if (values?.name === undefined) return null;
  const fault = programFault(values.name);
  if (fault !== null)
    report.error(
      child(at, 'name'),
      `${quote(values.name)}, ${fault}`,
      'the absolute path of a program that this user may run',
    );
  if (values.sync)
    report.warn(child(at, 'sync'), 'true', 'false: nobody waits for the program, neither here nor in Kea');
  return { path: values.name };
}
