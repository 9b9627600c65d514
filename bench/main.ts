/**
 * `npm run bench`: answers every question of bench/, or one of them.
 *
 *     --quick       shorter runs    --kea       Kea 2.2 takes part where it can
 *     --only NAME   one bench       --write     puts the tables into docs/benchmarks.md
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inlineMore } from '../src/base/inlining.ts';
import { BENCHES } from './benches.ts';
import { keaIsInstalled } from './kea.ts';
import type { Scale } from './model.ts';
import { describeRun, formatSection, writeResults } from './report.ts';

/** From build/bench/main.js. */
const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
/** Benches whose tables make the comparison with Kea. */
const COMPARED: ReadonlySet<string> = new Set(['single-server', 'hot-standby', 'lease-file']);

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    kea: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
// As the server does.
inlineMore();
const scale: Scale = values.quick ? 'quick' : 'full';
const chosen = BENCHES.filter((bench) => values.only === undefined || bench.name === values.only);
if (chosen.length === 0) {
  throw new Error(`no bench ${values.only}; there are ${BENCHES.map((bench) => bench.name).join(', ')}`);
}
if (values.kea && !keaIsInstalled()) throw new Error('--kea needs kea-dhcp4 and its hooks: install Kea 2.2');

const run = describeRun(new Date(), scale);
console.log(`${run}\n`);
const sections: string[] = [];
const comparison: string[] = [];
for (const bench of chosen) {
  const section = formatSection(bench, await bench.run({ scale, kea: values.kea }));
  console.log(section);
  sections.push(section);
  if (COMPARED.has(bench.name)) comparison.push(section);
}
if (values.write) writeResults(DOCUMENT, `${run}\n\n${sections.join('\n')}`);
// A stranger decides by the comparison: it stands in the README only when Kea ran beside us.
if (values.write && values.kea) writeResults(README, `${run}\n\n${comparison.join('\n')}`);
