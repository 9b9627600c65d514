/** Where the reservations of clients are looked for: three flags, or the one word that older files have for them. */
import type { HostModes } from '../host-model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import type { Rules, Values } from '../schema/map.ts';
import { flag, oneOf } from '../schema/scalars.ts';

const FLAGS = ['reservations-global', 'reservations-in-subnet', 'reservations-out-of-pool'] as const;

export const hostModeRules = {
  'reservation-mode': oneOf('disabled', 'off', 'out-of-pool', 'global', 'all'),
  'reservations-global': flag(),
  'reservations-in-subnet': flag(),
  'reservations-out-of-pool': flag(),
} as const satisfies Rules;

/** What each word of `reservation-mode` sets; a flag that it leaves out is inherited. */
export const HOST_MODE_WORDS: Readonly<Record<string, Partial<HostModes>>> = {
  disabled: { global: false, inSubnet: false },
  off: { global: false, inSubnet: false },
  'out-of-pool': { global: false, inSubnet: true, outOfPool: true },
  global: { global: true, inSubnet: false },
  all: { global: false, inSubnet: true, outOfPool: false },
};

/** The flags of a scope over those that it inherits, each by itself. */
export function readHostModes(
  values: Values<typeof hostModeRules>,
  inherited: HostModes,
  at: Path,
  report: Report,
): HostModes {
  const word = values['reservation-mode'];
  if (word !== undefined) {
    const flagKey = FLAGS.find((key) => values[key] !== undefined);
    if (flagKey !== undefined)
      report.error(
        child(at, 'reservation-mode'),
        `"reservation-mode" beside "${flagKey}"`,
        'the old key or the new ones',
        'key',
      );
    return { ...inherited, ...HOST_MODE_WORDS[word] };
  }
  if (FLAGS.every((key) => values[key] === undefined)) return inherited;
  return {
    global: values['reservations-global'] ?? inherited.global,
    inSubnet: values['reservations-in-subnet'] ?? inherited.inSubnet,
    outOfPool: values['reservations-out-of-pool'] ?? inherited.outOfPool,
  };
}
