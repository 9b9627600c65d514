/**
 * A fuzzer of one entry point: an input of the corpus is changed by chance, what becomes of it has a signature, and an input
 * with a signature that none had before joins the corpus. An entry point fails by throwing.
 */

export interface Target {
  readonly name: string;
  /** Where it starts from, beside the kept corpus. */
  readonly seeds: readonly Uint8Array[];
  /** Outcomes that the corpus and a short run must have had: fewer, and the inputs do not get in any more. */
  readonly outcomesMin: number;
  /** What means something to this reader, of more than one octet. */
  readonly words?: readonly string[];
  /** An input that has the form of a right one: every other one is of these. */
  readonly generate?: (chance: Chance) => Uint8Array;
  /** What became of an input, in few words. @throws Error when what must always hold does not */
  run(input: Uint8Array): string | Promise<string>;
  close(): Promise<void> | void;
}

export interface Crash {
  readonly target: string;
  readonly input: Uint8Array;
  readonly error: unknown;
}

export type Chance = (below: number) => number;

const INPUT_BYTES_MAX = 4096;
const CHANGES_MAX = 6;
/** Octets that mean something to one of the readers. */
const TELLING = [...Buffer.from('\0\n\r,:;&#x{}[]"\'\\/0919-+eE. \xff\x7f\x80\x01', 'latin1')];
const SIGNATURE_CHARACTERS_MAX = 60;

export class Fuzzer {
  readonly target: Target;
  readonly #chance: Chance;
  readonly #corpus: Uint8Array[];
  readonly #signatures = new Set<string>();
  /** Inputs that were found and are not in the kept corpus. */
  readonly found: Uint8Array[] = [];
  runs = 0;

  constructor(target: Target, kept: readonly Uint8Array[], chance: Chance) {
    this.target = target;
    this.#chance = chance;
    this.#corpus = [...target.seeds, ...kept];
  }

  get signatures(): number {
    return this.#signatures.size;
  }

  /** Runs what it starts from as it is. @returns the first crash, or null */
  async replay(): Promise<Crash | null> {
    for (const input of [...this.#corpus]) {
      const crash = await this.#try(input, false);
      if (crash !== null) return crash;
    }
    return null;
  }

  /** Runs one changed input. @returns the crash, or null */
  step(): Promise<Crash | null> {
    const { generate } = this.target;
    const isMade = generate !== undefined && this.#chance(2) === 0;
    return this.#try(isMade ? generate(this.#chance) : this.#change(this.#pick()), true);
  }

  async #try(input: Uint8Array, isNew: boolean): Promise<Crash | null> {
    this.runs++;
    try {
      const signature = (await this.target.run(input)).slice(0, SIGNATURE_CHARACTERS_MAX);
      if (this.#signatures.has(signature)) return null;
      this.#signatures.add(signature);
      if (isNew) {
        this.#corpus.push(input);
        this.found.push(input);
      }
      return null;
    } catch (error) {
      return { target: this.target.name, input, error };
    }
  }

  #pick(): Uint8Array {
    return this.#corpus[this.#chance(this.#corpus.length)]!;
  }

  #change(input: Uint8Array): Uint8Array {
    let octets = [...input];
    for (let changes = 1 + this.#chance(CHANGES_MAX); changes > 0; changes--)
      octets = this.#changeOnce(octets);
    return Uint8Array.from(octets.slice(0, INPUT_BYTES_MAX));
  }

  #changeOnce(octets: number[]): number[] {
    const chance = this.#chance;
    const at = chance(octets.length + 1);
    const { words = [] } = this.target;
    if (words.length > 0 && chance(3) === 0) {
      const word = Buffer.from(words[chance(words.length)]!);
      return [...octets.slice(0, at), ...word, ...octets.slice(at + chance(2) * word.length)];
    }
    const end = Math.min(octets.length, at + 1 + chance(16));
    const [before, piece, behind] = [octets.slice(0, at), octets.slice(at, end), octets.slice(end)];
    const flipped = (octets[at] ?? 0) ^ (1 << chance(8));
    switch (chance(8)) {
      case 0:
        return [...before, flipped, ...octets.slice(at + 1)];
      case 1:
        return [...before, chance(256), ...octets.slice(at + 1)];
      case 2:
        return [...before, TELLING[chance(TELLING.length)]!, ...octets.slice(at)];
      case 3:
        return [...before, ...behind];
      case 4:
        return [...before, ...piece, ...piece, ...behind];
      case 5:
        return before.length === 0 ? octets : before;
      case 6:
        return [...before, ...new Array(1 + chance(300)).fill(octets[at] ?? 0), ...behind];
      default: {
        // A part of another one.
        const other = [...this.#pick()];
        const from = chance(other.length + 1);
        return [...before, ...other.slice(from, from + 1 + chance(64)), ...behind];
      }
    }
  }
}
