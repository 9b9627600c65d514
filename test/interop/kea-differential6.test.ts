/** The same generated messages to Kea and to Tandem, with the same configurations: the same replies, to the last option. */
import t from 'tap';
import { SERVERS_SEGMENT } from './configuration.ts';
import { Random } from './differential/random.ts';
import { DIFFERENCES_6, type Difference6 } from './differential6/differences.ts';
import { FAMILIES_6, type Family6 } from './differential6/families.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import type { Step } from './differential6/steps.ts';
import { scripts } from './differential6/stories.ts';
import { treeOf } from './differential6/tree.ts';
import { USUAL } from './differential6/ways.ts';
import { isKea, type KeaKind, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { ADDRESS6, addressesUsable } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6 } from './server6.ts';
import { FILE_TURN, KEAS_IN_TURN } from './turn.ts';

/** Words in the name of a family: only such are played. */
const ONLY = process.env['TANDEM_FAMILIES'] ?? '';
const SCRIPTS = 38;
/** That Kea 2.2 and 3.0 have other preferred lifetimes where none is configured, and that 3.0 reuses leases, is not of interest. */
const LIFETIMES = { 'preferred-lifetime': 3000, 'valid-lifetime': 4000, 'cache-max-age': 0 };

/** A host with both servers' addresses and one that plays clients and relays: each server has a network of its own. */
async function createSide(t: Teardown): Promise<Network> {
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: { address: ADDRESS6.server1, mac: '02:00:00:00:0a:01' },
      load: { address: ADDRESS6.load, mac: '02:00:00:00:0a:02' },
    },
  });
  await addressesUsable(network, [
    ['server1', SERVERS_SEGMENT],
    ['load', SERVERS_SEGMENT],
  ]);
  return network;
}

/** The replies of a server that starts without leases. */
async function play(
  t: Teardown,
  network: Network,
  kind: ServerKind,
  { dhcp6 }: Family6,
  steps: readonly Step[],
): Promise<string[][]> {
  const directory = temporaryDirectory(t);
  const own = isKea(kind) ? {} : { 'user-context': { tandem: { fdatasync: false } } };
  const plan = {
    name: 'server1',
    directory,
    dhcp6: { 'server-id': SERVER_ID, ...LIFETIMES, ...own, ...dhcp6 },
  };
  const server = createServer6(network, kind, plan);
  try {
    await server.start();
    return (await playSteps(network, steps)).map(treeOf);
  } catch (error) {
    throw Object.assign(error as Error, { log: server.log().slice(-4000) });
  } finally {
    await server.stop();
  }
}

/** Those of this turn: each second one, where not all of them have the time. */
function familiesOf(version: KeaKind): Family6[] {
  const all = FAMILIES_6.filter(({ only }) => only === undefined || only === version);
  if (ONLY !== '') return all.filter(({ name }) => name.includes(ONLY));
  return all.filter((_, index) => FILE_TURN === null || index % 2 === FILE_TURN);
}

/** So that a family that is added changes no other one. */
function seedOf({ name }: Family6): number {
  return [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
}

for (const version of KEAS_IN_TURN)
  t.test(`generated messages with every configuration get the replies of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const [beside, network] = await Promise.all([createSide(t), createSide(t)]);
    const known = DIFFERENCES_6.filter(({ keas }) => keas.includes(version));
    const seen = new Set<Difference6>();
    let compared = 0;
    for (const family of familiesOf(version)) {
      const random = new Random(seedOf(family));
      const steps = [...scripts(random, { ...USUAL, ...family.traffic }, SCRIPTS)];
      const both = await Promise.allSettled([
        play(t, beside, version, family, steps),
        play(t, network, SUBJECT, family, steps),
      ]);
      const [byKea, bySubject] = both.map((each) => (each.status === 'fulfilled' ? each.value : null));
      if (!byKea || !bySubject) {
        for (const each of both)
          if (each.status === 'rejected')
            t.fail(`START ${family.name}`, { error: each.reason.message, log: each.reason.log });
        continue;
      }
      for (const [at, step] of steps.entries()) {
        const [kea, tandem] = [byKea[at]!, bySubject[at]!];
        compared++;
        if (kea.join() === tandem.join()) continue;
        const before = steps.slice(0, at).filter(({ script }) => script === step.script);
        const reason = known.find(({ covers }) => covers({ family, step, before, kea, tandem }));
        if (reason === undefined)
          t.same(tandem, kea, `${family.name}: ${storyOf(before)}${JSON.stringify(step)}`);
        else seen.add(reason);
      }
    }
    t.ok(compared > 1000 || ONLY !== '', `${compared} replies are compared`);
    const idle = known.filter((each) => !seen.has(each) && each.isRare !== true);
    if (ONLY === '' && FILE_TURN === null)
      t.same(
        idle.map(({ query }) => query),
        [],
        'a difference that is none any more is taken out',
      );
  });

function storyOf(before: readonly Step[]): string {
  return before.map(({ type, ias }) => `type ${type} ${JSON.stringify(ias)}, then `).join('');
}
