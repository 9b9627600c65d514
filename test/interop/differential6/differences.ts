/** What Tandem answers otherwise than Kea, with the reason. */
import type { KeaKind } from '../kea.ts';
import type { Family6 } from './families.ts';
import { type Step, UNKNOWN_LINK } from './steps.ts';

export interface Case6 {
  readonly family: Family6;
  readonly step: Step;
  /** The earlier steps of the script. */
  readonly before: readonly Step[];
  readonly kea: readonly string[];
  readonly tandem: readonly string[];
}

export interface Difference6 {
  readonly query: string;
  readonly keas: readonly KeaKind[];
  readonly why: string;
  readonly covers: (which: Case6) => boolean;
}

export const DIFFERENCES_6: readonly Difference6[] = [
  {
    query: 'vendor options, on a link that no subnet is of',
    keas: ['kea 2.2', 'kea 3.0'],
    why: 'Kea has none there, though it has the other options that are configured for all',
    covers: (which) => addsVendor(which) && which.step.relays.some(({ link }) => link === UNKNOWN_LINK),
  },
  {
    query: 'one vendor in option 17, another one in option 16',
    keas: ['kea 2.2'],
    why: 'Kea 3.0 answers both, too',
    covers: (which) => addsVendor(which) && [16, 17].every((code) => names(which.step, code)),
  },
];

/** Whether a reply of Tandem differs by an option 17 that Kea's does not have. */
function addsVendor({ kea, tandem }: Case6): boolean {
  const isVendor = (line: string): boolean => line.trim().startsWith('17 = ');
  return !kea.some(isVendor) && tandem.filter((line) => !isVendor(line)).join() === kea.join();
}

function names({ options }: Step, code: number): boolean {
  return options.some(([each]) => each === code);
}
