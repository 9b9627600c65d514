/**
 * `npm run bench`: answers every question of bench/, or some of them; docs/benchmarks.md explains the options.
 *
 *     npm run bench -- [NAME ...]
 *     --quick            shorter runs
 *     --rivals LIST      servers that take part: tandem, tandem:PATH, kea2, kea3, primary+standby
 *     --points LIST      loads of whole servers: 8 (in flight), 500/s
 *     --family N         6: the benches of DHCPv6 (single-server and pair, whose sections are single-server6 and pair6)
 *     --wants LIST       of clients of DHCPv6: na (an address), pd (a prefix), na+pd
 *     --modes LIST       of pairs: hot-standby, load-balancing
 *     --clients LIST     new, renewals
 *     --tls              between the servers of a pair
 *     --beside LIST      of pairs, in the same table: single (one server), plain (with --tls: without)
 *     --bridge           servers and load in namespaces of their own (root), not on loopback
 *     --json FILE        every figure of every round
 *     --write            puts the tables into docs/benchmarks.md and, of what is compared with Kea, the first one into the README
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inlineMore } from '../src/base/inlining.ts';
import type { Wants } from '../src/load/model.ts';
import { BENCHES } from './benches.ts';
import { parseContenders } from './contenders.ts';
import { describeDisk } from './disk.ts';
import type { Bench, BenchOptions, Beside, ClientsKind } from './model.ts';
import { ALL_POINTS, parsePoints } from './points.ts';
import { describeRun, formatSection, writeSections } from './report.ts';
import { currentSite, isInside, runInNetwork } from './site.ts';

/** From build/bench/main.js. */
const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
/** Benches whose tables make the comparison with Kea. */
const COMPARED = ['lease-file', 'single-server', 'pair'];

const MODES = ['hot-standby', 'load-balancing'] as const;
const BESIDE: readonly Beside[] = ['single', 'plain'];
const CLIENTS: readonly ClientsKind[] = ['new', 'renewals'];
const FAMILIES = ['4', '6'] as const;
const WANTS: readonly Wants[] = ['na', 'pd', 'na+pd'];
/** What is measured when nobody says what. */
const USUAL_WANTS: readonly Wants[] = ['na', 'na+pd'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rivals: { type: 'string', default: 'tandem' },
    points: { type: 'string' },
    family: { type: 'string', default: '4' },
    wants: { type: 'string' },
    modes: { type: 'string' },
    clients: { type: 'string' },
    tls: { type: 'boolean', default: false },
    beside: { type: 'string' },
    bridge: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
if (values.bridge && !isInside()) process.exitCode = runInNetwork();
else await run();

async function run(): Promise<void> {
  const chosen = chooseBenches();
  const options: BenchOptions = {
    scale: values.quick ? 'quick' : 'full',
    contenders: parseContenders(values.rivals),
    points: values.points === undefined ? ALL_POINTS : parsePoints(values.points),
    wants: choose(values.wants?.split(',') ?? USUAL_WANTS, WANTS),
    modes: choose(values.modes?.split(',') ?? MODES, MODES),
    clients: choose(values.clients?.split(',') ?? CLIENTS, CLIENTS),
    tls: values.tls,
    beside: choose(values.beside?.split(',') ?? [], BESIDE),
    site: currentSite(),
  };
  // As the server does.
  inlineMore();
  const circumstances = [
    ...(values.tls ? ['TLS'] : []),
    ...(values.bridge ? ['bridge'] : []),
    describeDisk(),
  ];
  const where = describeRun(new Date(), options.scale, ...circumstances);
  console.log(`${where}\n`);
  const sections = new Map<string, string>();
  const firstTables = new Map<string, string>();
  const records: object[] = [];
  for (const bench of chosen) {
    const tables = [await bench.run(options)].flat();
    const section = formatSection(bench, tables, where);
    console.log(section);
    sections.set(bench.name, section);
    firstTables.set(bench.name, formatSection(bench, tables.slice(0, 1), where));
    records.push({
      bench: bench.name,
      tables: tables.map(({ title, records: figures = [] }) => ({ title, figures })),
    });
    // Again after each bench: what was measured is not lost with the next one.
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ where, records }, null, 1)}\n`);
  }
  if (!values.write) return;
  const order = BENCHES.map(({ name }) => name);
  writeSections(DOCUMENT, sections, order);
  // A stranger decides by the comparison: it stands in the README only when Kea ran beside us, and no more than fits a minute.
  if (options.contenders.some(({ name }) => name.includes('Kea')))
    writeSections(
      README,
      firstTables,
      order.filter((name) => COMPARED.includes(name)),
    );
}

/** @throws Error when there is no such bench of the family */
function chooseBenches(): Bench[] {
  const [family] = choose([values.family], FAMILIES);
  const benches = BENCHES.filter((bench) => `${bench.family ?? 4}` === family);
  const all = benches.map(({ name }) => name);
  // Of DHCPv6 the name of the bench of DHCPv4 is enough.
  const wanted = positionals.map((name) => (family === '6' && !name.endsWith('6') ? `${name}6` : name));
  return choose(wanted.length === 0 ? all : wanted, all).map(
    (name) => benches.find((bench) => bench.name === name)!,
  );
}

/** @throws Error when one of the names is none of those that there are */
function choose<Name extends string>(names: readonly string[], all: readonly Name[]): Name[] {
  return names.map((wanted) => {
    const name = all.find((each) => each === wanted);
    if (name === undefined) throw new Error(`no "${wanted}"; there are ${all.join(', ')}`);
    return name;
  });
}
