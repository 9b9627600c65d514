/** The same generated queries to Kea and to Tandem, with the same configurations: the same answers, but for a list of reasons. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { SERVERS_SEGMENT } from './configuration.ts';
import { differing, type Fields, fieldsOf, type Ranges, rangesOf, replyOf } from './differential/answers.ts';
import { ANSWER_DIFFERENCES, type AnswerDifference, type Case } from './differential/differences.ts';
import { FAMILIES, type Family, SCRIPTS } from './differential/families.ts';
import { Random } from './differential/random.ts';
import { PLAYED, PLAYER, PREFIX_LENGTH, SERVER } from './differential/scene.ts';
import { type Answer, type Step, scripts, type Traffic } from './differential/scripts.ts';
import { isKea, KEAS, type KeaKind, needServers, type ServerKind, spelled } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';

const PROGRAM = fileURLToPath(new URL('./differential/player.js', import.meta.url));
const PLAYING_MS = 60_000;
const TRAFFIC: Traffic = {
  relays: ['10.64.0.10', '10.64.0.10', '10.65.0.1', '10.65.0.1', '10.67.0.1'],
  addresses: ['10.64.190.#', '10.64.3.3', '10.65.1.#', '10.65.77.7', '10.67.1.1', '192.0.2.1'],
};

/** A server in a network of its own, so that both have the same addresses. */
interface Side {
  readonly directory: string;
  readonly network: Network;
  readonly server: DhcpServer;
}

async function createSide(t: Teardown, kind: ServerKind): Promise<Side> {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: { address: `${SERVER}/${PREFIX_LENGTH}` },
      load: { address: `${PLAYER}/${PREFIX_LENGTH}` },
    },
  });
  const route = (...args: string[]) => network.run('load', 'ip', ['route', 'add', ...args]);
  await route('default', 'dev', SERVERS_SEGMENT);
  for (const prefix of PLAYED) await route('local', prefix, 'dev', 'lo');
  const plan = {
    name: 'server1',
    directory,
    mode: null,
    dhcp4: dhcp4Of(FAMILIES[0]!, directory, 0),
  } as const;
  const server = createServer(network, kind, plan);
  await server.start();
  return { directory, network, server };
}

/** One thread, so that answers keep their order; every family has leases of its own. */
function dhcp4Of(family: Family, directory: string, number: number): Record<string, unknown> {
  return {
    'interfaces-config': { interfaces: [SERVERS_SEGMENT] },
    'control-socket': { 'socket-type': 'unix', 'socket-name': join(directory, 'server1.sock') },
    'lease-database': {
      type: 'memfile',
      name: join(directory, `leases-${number}.csv`),
      persist: true,
      'lfc-interval': 0,
    },
    'multi-threading': { 'enable-multi-threading': false },
    'user-context': { tandem: { fdatasync: false } },
    loggers: [{ name: 'kea-dhcp4', severity: 'WARN', output_options: [{ output: 'stdout' }] }],
    'hooks-libraries': [],
    'valid-lifetime': 4000,
    'cache-max-age': 0,
    ...family.dhcp4,
  };
}

async function configure({ directory, server }: Side, family: Family, number: number): Promise<void> {
  const dhcp4 = dhcp4Of(family, directory, number);
  writeFileSync(
    join(directory, 'server1.json'),
    JSON.stringify(spelled(server.kind, { Dhcp4: dhcp4 }), null, 2),
  );
  const { result, text } = await server.command('config-reload');
  if (result !== 0) throw new Error(`${server.kind} with "${family.name}": ${text}`);
}

async function play({ network, directory }: Side, steps: readonly Step[]): Promise<Answer[]> {
  const file = join(directory, 'steps.json');
  writeFileSync(file, JSON.stringify(steps));
  const player = network.start('load', process.execPath, [PROGRAM, SERVER, file]);
  await player.waitForOutput(/played all/, PLAYING_MS);
  await player.ended;
  const lines = player.output().split('\n');
  return steps.map((_, index) => JSON.parse(lines[index] ?? '{}'));
}

/** Both servers' fields step by step, with what the client was granted before by each. */
function* cases(
  family: Family,
  steps: readonly Step[],
  byKea: readonly Answer[],
  bySubject: readonly Answer[],
) {
  const ranges: Ranges = rangesOf(family.dhcp4);
  const held = { script: -1, kea: null as string | null, tandem: null as string | null };
  for (const [index, step] of steps.entries()) {
    if (step.script !== held.script) Object.assign(held, { script: step.script, kea: null, tandem: null });
    const kea = fieldsOf(byKea[index]!, ranges, held.kea);
    const tandem = fieldsOf(bySubject[index]!, ranges, held.tandem);
    const before = steps.slice(0, index).filter(({ script }) => script === step.script);
    yield { family, step, before, kea, tandem } satisfies Case;
    held.kea = heldAfter(byKea[index]!, held.kea);
    held.tandem = heldAfter(bySubject[index]!, held.tandem);
  }
}

function heldAfter(answer: Answer, before: string | null): string | null {
  const reply = replyOf(answer);
  return reply?.type === 5 && reply.yiaddr !== '0.0.0.0' ? reply.yiaddr : before;
}

/** The differences that explain a case; null when a field has none. */
function explain(version: KeaKind, which: Case, fields: readonly string[]): AnswerDifference[] | null {
  const known = differencesTo(version);
  const found = fields.map((field) => known.find(({ covers }) => covers(field, which)));
  return found.every((each) => each !== undefined) ? found : null;
}

function differencesTo(version: KeaKind): AnswerDifference[] {
  return ANSWER_DIFFERENCES.filter(({ keas }) => keas[version] !== undefined);
}

function shown(fields: Fields, names: readonly string[]): string[] {
  return [...names].sort().map((name) => `${name}=${fields.get(name) ?? 'absent'}`);
}

for (const version of KEAS)
  t.test(`generated queries with every configuration get the answers of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const [kea, own] = await Promise.all([createSide(t, version), createSide(t, SUBJECT)]);
    const seen = new Set<AnswerDifference>();
    const families = FAMILIES.filter(({ only }) => only === undefined || only === version);
    let compared = 0;
    for (const [number, family] of families.entries()) {
      const traffic = { ...TRAFFIC, ...family.traffic };
      const steps = [...scripts(new Random(number + 1), traffic, family.scripts ?? SCRIPTS)];
      await Promise.all([configure(kea, family, number + 1), configure(own, family, number + 1)]);
      const [byKea, bySubject] = await Promise.all([play(kea, steps), play(own, steps)]);
      let parted = -1;
      for (const which of cases(family, steps, byKea, bySubject)) {
        if (which.step.script === parted) continue;
        compared++;
        const names = differing(which.kea, which.tandem, family.isCached ?? false);
        const reasons = explain(version, which, names);
        for (const reason of reasons ?? []) seen.add(reason);
        if (reasons?.some(({ parts }) => parts) ?? true) parted = which.step.script;
        if (reasons !== null) continue;
        const what = `${family.name}: ${JSON.stringify(which.step)}`;
        t.same(shown(which.tandem, names), shown(which.kea, names), what);
      }
    }
    t.ok(compared > 3000, `${compared} answers with ${families.length} configurations are compared`);
    const idle = differencesTo(version).filter((each) => !seen.has(each));
    if (isKea(SUBJECT)) return;
    t.same(
      idle.map(({ query }) => query),
      [],
      'a difference that is none any more is taken out',
    );
  });

const BEGIN = '<!-- answers: begin -->';
const END = '<!-- answers: end -->';

t.test('docs/kea-compatibility.md has each of the differences', async (t) => {
  const rows = ANSWER_DIFFERENCES.map(
    ({ query, keas, tandem, why }) =>
      `| ${[query, ...KEAS.map((version) => keas[version] ?? 'as Tandem'), tandem, why].join(' | ')} |`,
  );
  const table = ['| query | Kea 2.2 | Kea 3.0 | Tandem | why |', '|---|---|---|---|---|', ...rows].join('\n');
  const file = new URL('../../../docs/kea-compatibility.md', import.meta.url);
  const page = readFileSync(file, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const expected = `${before}${BEGIN}\n${table}\n${END}${after}`;
  if (process.env['TANDEM_UPDATE_DOCS'] !== undefined) writeFileSync(file, expected);
  t.equal(readFileSync(file, 'utf8'), expected, 'TANDEM_UPDATE_DOCS=1 writes the table again');
});
