/** What `npm run bench -- ...` may say. */
import { parseArgs } from 'node:util';
import type { Wants } from '../src/load/model.ts';
import { BENCHES } from './benches.ts';
import { parseContenders } from './contenders.ts';
import type { Bench, BenchOptions, Beside, ClientsKind } from './model.ts';
import { ALL_POINTS, parsePoints } from './points.ts';
import { currentSite } from './site.ts';

export const USAGE = `npm run bench -- [NAME ...]
  --quick            shorter runs
  --rivals LIST      servers that take part: tandem, tandem:PATH, kea2, kea3, primary+standby
  --points LIST      loads of whole servers: 8 (in flight), 500/s
  --family N         6: the benches of DHCPv6 (single-server and pair, whose sections are single-server6 and pair6)
  --wants LIST       of clients of DHCPv6: na (an address), pd (a prefix), na+pd
  --modes LIST       of pairs: hot-standby, load-balancing
  --clients LIST     new, renewals
  --tls              between the servers of a pair
  --beside LIST      of pairs, in the same table: single (one server), plain (with --tls: without)
  --bridge           servers and load in namespaces of their own (root), not on loopback
  --json FILE        every figure of every round
  --write            puts the tables into docs/benchmarks.md and, of what is compared with Kea, the first one into the README
  --help             says this

Benches: ${BENCHES.map(({ name }) => name).join(', ')}`;

const MODES = ['hot-standby', 'load-balancing'] as const;
const BESIDE: readonly Beside[] = ['single', 'plain'];
const CLIENTS: readonly ClientsKind[] = ['new', 'renewals'];
const FAMILIES = ['4', '6'] as const;
const WANTS: readonly Wants[] = ['na', 'pd', 'na+pd'];
/** What is measured when nobody says what. */
const USUAL_WANTS: readonly Wants[] = ['na', 'na+pd'];

const OPTIONS = {
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
  help: { type: 'boolean', default: false },
} as const;

export interface CommandLine {
  readonly benches: readonly Bench[];
  readonly options: BenchOptions;
  readonly isBridged: boolean;
  readonly wantsHelp: boolean;
  /** Where every figure goes. */
  readonly json: string | null;
  /** Whether the tables go into the documents. */
  readonly isWritten: boolean;
}

/** @throws Error that says what is wrong, and what there is instead */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
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
  return {
    benches: chooseBenches(choose([values.family], FAMILIES)[0]!, positionals),
    options,
    isBridged: values.bridge,
    wantsHelp: values.help,
    json: values.json ?? null,
    isWritten: values.write,
  };
}

/** @throws Error when there is no such bench of the family */
function chooseBenches(family: string, names: readonly string[]): Bench[] {
  const benches = BENCHES.filter((bench) => `${bench.family ?? 4}` === family);
  const all = benches.map(({ name }) => name);
  // Of DHCPv6 the name of the bench of DHCPv4 is enough.
  const wanted = names.map((name) => (family === '6' && !name.endsWith('6') ? `${name}6` : name));
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
