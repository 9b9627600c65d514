/** What Tandem answers otherwise than Kea, with the reason. */
import type { Family6 } from './families.ts';
import type { Step } from './steps.ts';

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
  readonly why: string;
  readonly covers: (which: Case6) => boolean;
}

export const DIFFERENCES_6: readonly Difference6[] = [];
