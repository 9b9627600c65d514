/** Gathers verdicts, so that those on transactions with consecutive numbers take one place, and the shards are woken once. */
import { Verdict, VerdictWriter } from './verdicts.ts';

/** Verdicts of one shard that can still grow by the next number. */
interface Run {
  first: number;
  count: number;
  verdict: Verdict;
}

function emptyRun(): Run {
  return { first: 0, count: 0, verdict: Verdict.confirmed };
}

export class VerdictRuns {
  readonly #writers: VerdictWriter[] = [];
  readonly #runs: Run[] = [];
  readonly #touched: boolean[] = [];
  readonly #wake: (shard: number) => void;

  /** @param verdicts verdict memory of each shard; @param wake makes a shard look at its verdicts */
  constructor(verdicts: readonly SharedArrayBuffer[], wake: (shard: number) => void) {
    for (let shard = 0; shard < verdicts.length; shard++) {
      this.#writers.push(new VerdictWriter(verdicts[shard]!));
      this.#runs.push(emptyRun());
      this.#touched.push(false);
    }
    this.#wake = wake;
  }

  /** Shards that there are. */
  get shards(): number {
    return this.#writers.length;
  }

  /** @param number the shard's number of the transaction, u32 */
  give(shard: number, number: number, verdict: Verdict): void {
    const run = this.#runs[shard]!;
    if (run.count > 0 && run.verdict === verdict && (run.first + run.count) >>> 0 === number) {
      run.count++;
      return;
    }
    this.#write(shard);
    run.first = number;
    run.count = 1;
    run.verdict = verdict;
  }

  #write(shard: number): void {
    const run = this.#runs[shard]!;
    if (run.count === 0) return;
    this.#writers[shard]!.write(run.first, run.count, run.verdict);
    run.count = 0;
    this.#touched[shard] = true;
  }

  /** Hands the verdicts given so far to the shards and wakes those concerned. */
  flush(): void {
    for (let shard = 0; shard < this.#runs.length; shard++) {
      this.#write(shard);
      if (!this.#touched[shard]) continue;
      this.#touched[shard] = false;
      this.#wake(shard);
    }
  }
}
