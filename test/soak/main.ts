/** `npm run soak -- --exchanges N [--pair]`: what a long load makes of the memory of a server, or of both of a pair. */
import { parseArgs } from 'node:util';
import { Ending } from '../support/ending.ts';
import { GROWTH_MAX, growthOf, type MemoryInUse, type MemorySample, tenthsOf } from './growth.ts';
import { soak } from './soak.ts';

const MIB = 1 << 20;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const percent = (share: number): string => `${share < 0 ? '' : '+'}${(share * 100).toFixed(2)} %`;
const mib = (octets: number): string => (octets / MIB).toFixed(1).padStart(9);

function describe({ resident, heap, external }: MemoryInUse, write: (value: number) => string): string {
  return `resident ${write(resident)}   heap ${write(heap)}   external ${write(external)}`;
}

/** @returns whether the server's memory has stayed what it was */
function judge(name: string, samples: readonly MemorySample[]): boolean {
  say(`${name}: MiB, the least of each tenth`);
  for (const tenth of tenthsOf(samples)) if (tenth !== null) say(`  ${describe(tenth, mib)}`);
  const growth = growthOf(samples);
  const isSteady = growth.resident <= GROWTH_MAX;
  say(
    `  from tenths 2 to 4 to the last three: ${describe(growth, percent)}: ${isSteady ? 'steady' : 'IT GROWS'}`,
  );
  return isSteady;
}

const { values } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '1000000' },
    pair: { type: 'boolean', default: false },
  },
});
const ending = new Ending();
let isWell = false;
try {
  const wish = { exchanges: Number(values.exchanges), isPair: values.pair };
  const report = await soak(ending, wish, say);
  const perSec = Math.round(report.exchanges / report.tookSec);
  say(
    `${report.exchanges} exchanges in ${report.tookSec.toFixed(0)} s (${perSec}/s), ${report.conflicts} addresses given twice`,
  );
  const steady = [...report.samples].map(([name, samples]) => judge(name, samples));
  isWell = report.conflicts === 0 && steady.every(Boolean);
} finally {
  await ending.end();
}
process.exit(isWell ? 0 : 1);
