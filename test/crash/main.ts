/** `npm run crash-test -- --kills N [--seed N] [--mode hot-standby|load-balancing] [--threads N] [--verbose]`: half of them in each mode when none is named. */
import { parseArgs } from 'node:util';
import { Ending } from '../support/ending.ts';
import { CrashStory } from './crash-story.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string' },
    threads: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const modes = (['hot-standby', 'load-balancing'] as const).filter(
  (mode) => values.mode === undefined || values.mode === mode,
);
if (modes.length === 0) throw new Error(`no mode is named ${values.mode}: hot-standby or load-balancing`);
let violations = 0;
for (const mode of modes) {
  const ending = new Ending();
  const began = performance.now();
  try {
    const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
    const wish = {
      mode,
      ...threads,
      kills: Math.ceil(Number(values.kills) / modes.length),
      seed: Number(values.seed),
    };
    const report = await CrashStory.tell(ending, wish, (line) => {
      if (values.verbose || !line.endsWith('all is well')) say(`  ${line}`);
    });
    const { kills, rounds, served, takeovers, mended, apart } = report;
    const tookSec = ((performance.now() - began) / 1000).toFixed(0);
    say(
      `${mode}, seed ${wish.seed}: ${kills} processes killed in ${rounds} rounds (${tookSec} s), ${served} leases acknowledged, ${takeovers} takeovers, ${mended} torn ends mended; ${apart} rounds apart; ${report.violations.length} violations`,
    );
    violations += report.violations.length;
  } finally {
    await ending.end();
  }
}
process.exit(violations === 0 ? 0 : 1);
