/** Seeded orders of what can happen to a real pair, and the comparison of its tables afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CapturedReply } from './capture.ts';
import type { HaMode, ServerName } from './configuration.ts';
import { isKea } from './kea.ts';
import type { Pair } from './pair.ts';
import type { Gate } from './parted.ts';
import { isAcknowledgement, type RecordedLoad } from './recorded-load.ts';
import type { DhcpServer } from './server.ts';
import { until } from './waiting.ts';

const NAMES = ['server1', 'server2'] as const;
const ACKNOWLEDGEMENTS = 20;
/** A server alone takes over after max-response-delay and a heartbeat; who waits for its partner may take longer. */
const SERVED_TIMEOUT_MS = 15_000;
const WHOLE_TIMEOUT_MS = 60_000;
const EQUAL_TIMEOUT_MS = 20_000;
const DIFFERENCES_SHOWN_MAX = 10;
/** As long as it takes to notice anything: two heartbeats. */
const MOMENT_MS = 1_000;

type Step = 'stop' | 'kill' | 'start' | 'reset' | 'maintenance' | 'part' | 'serve' | 'moment';
const STEPS: readonly Step[] = [
  'stop',
  'kill',
  'start',
  'start',
  'reset',
  'maintenance',
  'part',
  'serve',
  'serve',
  'moment',
];

export interface Stage {
  readonly mode: HaMode;
  readonly pair: Pair;
  readonly gate: Gate;
  readonly load: RecordedLoad;
}

/**
 * Carries out one order of `steps` steps and heals what it has broken, until the pair says that it is whole.
 * @returns what was done, for the name of a failure
 */
export async function carryOut(
  stage: Stage,
  number: (below: number) => number,
  steps: number,
): Promise<string> {
  const story: string[] = [];
  const up = new Set<ServerName>(NAMES);
  let isParted = false;
  for (let done = 0; done < steps; done++) {
    const step = STEPS[number(STEPS.length)]!;
    const name = NAMES[number(2)]!;
    story.push(`${step} ${name}`);
    if (step === 'part') {
      await stage.gate.turn();
      isParted = !isParted;
    } else if (!isParted || step !== 'maintenance') await perform(stage, step, name, up);
  }
  if (isParted) await stage.gate.turn();
  for (const name of NAMES) if (!up.has(name)) await stage.pair[name].start();
  await becomesWhole(stage);
  return story.join(', ');
}

async function perform(
  { pair, load }: Stage,
  step: Step,
  name: ServerName,
  up: Set<ServerName>,
): Promise<void> {
  const server = pair[name];
  const isUp = up.has(name);
  if (step === 'serve') return up.size === 0 ? undefined : served(load);
  if (step === 'moment') return sleep(MOMENT_MS);
  if (step === 'start') {
    if (!isUp) await server.start();
    up.add(name);
    return;
  }
  if (!isUp) return;
  if (step === 'stop' || step === 'kill') {
    up.delete(name);
    await (step === 'stop' ? server.stop() : server.crash());
    return;
  }
  // Refused in states that do not allow it; that is part of what happens.
  await server.command(step === 'reset' ? 'ha-reset' : 'ha-maintenance-start');
}

/** Somebody answers, in time; or nobody does, because the pair waits for the server that is away. */
async function served(load: RecordedLoad): Promise<void> {
  await Promise.race([load.acknowledgements(ACKNOWLEDGEMENTS).catch(() => {}), sleep(SERVED_TIMEOUT_MS)]);
}

/** Waits for the normal state of both and does what an operator does where a state ends by command only. */
async function becomesWhole({ mode, pair }: Stage): Promise<void> {
  const what = `the pair is whole again (${mode})`;
  await until({ what, timeoutMs: WHOLE_TIMEOUT_MS, pollMs: 500 }, async () => {
    const states = await Promise.all(NAMES.map((name) => pair[name].haState()));
    if (states.every((state) => state === mode)) return true;
    for (const [index, state] of states.entries()) await help(pair[NAMES[index]!], state, states[1 - index]!);
    return null;
  });
}

async function help(server: DhcpServer, state: string, partnerState: string): Promise<void> {
  if (state === 'partner-in-maintenance') await server.command('ha-maintenance-cancel');
  if (state === 'terminated' || (state === 'in-maintenance' && partnerState !== 'partner-in-maintenance')) {
    await server.stop();
    await server.start();
  }
}

interface WireLease {
  readonly 'ip-address': string;
  readonly 'hw-address': string;
  readonly 'valid-lft': number;
  readonly cltt: number;
  readonly state: number;
}

/**
 * Waits until both tables are equal, but for what a Kea keeps to itself: a lease whose update failed between two heartbeats
 * that were answered. Its client has had no answer; a Kea tells nobody of it and goes on as if nothing had happened.
 * @param replies tells all that were sent so far
 * @returns the differences that remain, as sentences
 */
export async function differencesOf(pair: Pair, replies: () => readonly CapturedReply[]): Promise<string[]> {
  let differences: string[] = [];
  try {
    await until({ what: 'equal tables', timeoutMs: EQUAL_TIMEOUT_MS, pollMs: 500 }, async () => {
      const [one, two] = [await tableOf(pair.server1), await tableOf(pair.server2)];
      const isAcknowledged = new Set(
        replies()
          .filter((reply) => isAcknowledgement(reply))
          .map(({ address, mac }) => `${address} ${mac}`),
      );
      const isKeas = (address: string): boolean => {
        const [holder, lease] = two.has(address)
          ? [pair.server2, two.get(address)!]
          : [pair.server1, one.get(address)!];
        const isAlone = one.has(address) !== two.has(address);
        return isAlone && isKea(holder.kind) && !isAcknowledged.has(`${address} ${lease.mac}`);
      };
      differences = compare(one, two, isKeas);
      return differences.length === 0 ? true : null;
    });
  } catch {
    // What differs says more than that it was waited for.
  }
  return differences.slice(0, DIFFERENCES_SHOWN_MAX);
}

interface GivenLease {
  readonly mac: string;
  readonly text: string;
}

/** Leases that count as given, by address. */
async function tableOf(server: DhcpServer): Promise<Map<string, GivenLease>> {
  const answer = await server.command('lease4-get-all');
  const leases = (answer.arguments as { leases?: readonly WireLease[] } | undefined)?.leases ?? [];
  const nowSec = Date.now() / 1000;
  return new Map(
    leases
      .filter(({ state, cltt, 'valid-lft': valid }) => state === 0 && cltt + valid > nowSec)
      .map((lease) => [
        lease['ip-address'],
        {
          mac: lease['hw-address'],
          text: `${lease['hw-address']} cltt ${lease.cltt} for ${lease['valid-lft']}`,
        },
      ]),
  );
}

function compare(
  one: ReadonlyMap<string, GivenLease>,
  two: ReadonlyMap<string, GivenLease>,
  isLeftOut: (address: string) => boolean,
): string[] {
  const text = (table: ReadonlyMap<string, GivenLease>, address: string): string =>
    table.get(address)?.text ?? 'nothing';
  return [...new Set([...one.keys(), ...two.keys()])]
    .filter((address) => text(one, address) !== text(two, address) && !isLeftOut(address))
    .map((address) => `${address}: ${text(one, address)} in server1, ${text(two, address)} in server2`);
}
