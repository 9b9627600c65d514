/** What the maps of a configuration refer to, wherever they stand. */
import type { OptionSpaces } from '../../options/spaces.ts';

export interface Surroundings {
  /** The classes that exist: those of the file, and one for each peer of a high-availability relationship. */
  readonly classes: ReadonlySet<string>;
  /** The options that exist: standard ones and those of `option-def`. */
  readonly spaces: OptionSpaces;
}
