/** `npm run bench`: answers every question of bench/, or some of them; docs/benchmarks.md explains the options. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inlineMore } from '../src/base/inlining.ts';
import { BENCHES } from './benches.ts';
import { briefOf } from './brief.ts';
import { type CommandLine, readCommandLine, USAGE } from './command-line.ts';
import { describeDisk } from './disk.ts';
import { describeRun, formatSection, writeSections } from './report.ts';
import { isInside, runInNetwork } from './site.ts';

/** From build/bench/main.js. */
const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
/** Benches whose first tables make the comparison with Kea, in the order of the README. */
const COMPARED = ['pair', 'single-server', 'lease-file'];

const line = understand();
if (line?.isBridged && !isInside()) process.exitCode = runInNetwork();
else if (line !== null) await run(line);

/** What is to be done; null: nothing, and that has been said. */
function understand(): CommandLine | null {
  try {
    const line = readCommandLine(process.argv.slice(2));
    if (!line.wantsHelp) return line;
    console.log(USAGE);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
  }
  return null;
}

async function run({ benches, options, isBridged, json, isWritten }: CommandLine): Promise<void> {
  // As the server does.
  inlineMore();
  const circumstances = [...(options.tls ? ['TLS'] : []), ...(isBridged ? ['bridge'] : []), describeDisk()];
  const where = describeRun(new Date(), options.scale, ...circumstances);
  console.log(`${where}\n`);
  const sections = new Map<string, string>();
  const firstTables = new Map<string, string>();
  const records: object[] = [];
  for (const bench of benches) {
    const tables = [await bench.run(options)].flat();
    const section = formatSection(bench, tables, where);
    console.log(section);
    sections.set(bench.name, section);
    firstTables.set(bench.name, formatSection(bench, tables.slice(0, 1).map(briefOf), where));
    records.push({
      bench: bench.name,
      tables: tables.map(({ title, records: figures = [] }) => ({ title, figures })),
    });
    // Again after each bench: what was measured is not lost with the next one.
    if (json !== null) writeFileSync(json, `${JSON.stringify({ where, records }, null, 1)}\n`);
  }
  if (!isWritten) return;
  writeSections(
    DOCUMENT,
    sections,
    BENCHES.map(({ name }) => name),
  );
  // A stranger decides by the comparison: it stands in the README only when Kea ran beside us, and no more than fits a minute.
  if (options.contenders.some(({ name }) => name.includes('Kea')))
    writeSections(README, firstTables, COMPARED);
}
