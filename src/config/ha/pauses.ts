/** `state-machine`: the states in which the high-availability state machine waits for an operator. */
import type { PauseRule } from '../ha-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { oneOf } from '../schema/scalars.ts';

export const pauseSchema = defineMap(
  'state-machine/states[]',
  {
    state: required(
      oneOf(
        'waiting',
        'syncing',
        'ready',
        'load-balancing',
        'hot-standby',
        'partner-down',
        'communication-recovery',
        'in-maintenance',
        'partner-in-maintenance',
        'passive-backup',
        'backup',
        'terminated',
      ),
    ),
    pause: withDefault(oneOf('always', 'once', 'never'), 'never'),
  },
  'warning',
);

export const stateMachineSchema = defineMap('state-machine', { states: required(list()) }, 'warning');

/** @returns the rules that are not `never`, by state */
export function readPauses(
  machine: Values<typeof stateMachineSchema.rules> | undefined,
  at: Path,
  report: Report,
): Readonly<Record<string, PauseRule>> {
  const pauses: Record<string, PauseRule> = {};
  const seen = new Set<string>();
  for (const [index, entry] of (machine?.states ?? []).entries()) {
    const place = child(child(at, 'states'), index);
    const values = readMap(pauseSchema, entry, place, report);
    if (values?.state === undefined) continue;
    if (seen.has(values.state))
      report.error(child(place, 'state'), `${quote(values.state)} a second time`, 'each state once');
    seen.add(values.state);
    if (values.pause !== 'never') pauses[values.state] = values.pause;
  }
  return pauses;
}
