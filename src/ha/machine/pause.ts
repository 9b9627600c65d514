/** Pausing: an administrator can have the machine stop in chosen states until ha-continue. */
import type { HaStateName, MachineState } from './model.ts';

/** What entering `name` does to the pause. A pause that is on stays on, whatever state is entered by command. */
export function pauseOnEntry(
  state: MachineState,
  name: HaStateName,
): { readonly paused: boolean; readonly pausesUsed: readonly HaStateName[] } {
  const { paused, pausesUsed } = state;
  // Config keys are state names that were checked; a state without a rule never pauses.
  const rule = state.setup.config.pauses[name] ?? 'never';
  if (rule === 'always') return { paused: true, pausesUsed };
  if (rule === 'once' && !pausesUsed.includes(name))
    return { paused: true, pausesUsed: [...pausesUsed, name] };
  return { paused, pausesUsed };
}
