/** The steps that stories of a pair under load are made of: each ends with both servers in their normal state again. */
import type { Test } from 'tap';
import { ADDRESS, HA_TIMING, type HaMode, poolOwnerOf, type ServerName } from './configuration.ts';
import type { HaServer } from './ha-states.ts';
import { isKea, KEAS, type KeaKind, type ServerKind } from './kea.ts';
import type { PairOf } from './pair.ts';
import { isAcknowledgement, type RecordedLoad } from './recorded-load.ts';
import { type DhcpServer, SUBJECT } from './server.ts';
import { TURN } from './turn.ts';
import { until } from './waiting.ts';

/** A pair of either family, and where its promises are checked. */
export interface QuietScene<Server extends HaServer = HaServer> {
  readonly t: Pick<Test, 'ok' | 'equal' | 'same' | 'match' | 'comment'>;
  readonly mode: HaMode;
  readonly pair: PairOf<Server>;
}

/** The same under load. */
export interface Scene extends QuietScene<DhcpServer> {
  readonly load: RecordedLoad;
}

export interface Roles {
  readonly server1: ServerKind;
  readonly server2: ServerKind;
}

/** With a real Kea in either role. */
function rolesWith(kea: KeaKind): readonly Roles[] {
  return [
    { server1: SUBJECT, server2: kea },
    { server1: kea, server2: SUBJECT },
  ];
}

const MODES: readonly HaMode[] = ['hot-standby', 'load-balancing'];
/**
 * A pair with a real Kea of each version, in one of the two roles: one primary and the other secondary in one mode, the other
 * way round in the other mode.
 */
export const ROLES_IN_TURN: readonly Roles[] = rolesInTurn(0);

/** @param shift 0 or 1: which of the two roles comes first */
function rolesInTurn(shift: number): readonly Roles[] {
  return KEAS.flatMap((kea, which) =>
    rolesWith(kea).filter((_, role) => TURN === null || (which + role + shift + TURN) % 2 === 0),
  );
}

/** A pair of each kind: with a real Kea of either version in either role, and without. */
export const PAIRINGS: readonly (Roles & { mode: HaMode })[] = MODES.flatMap((mode, inMode) =>
  [...rolesInTurn(inMode), { server1: SUBJECT, server2: SUBJECT }].map((roles) => ({ mode, ...roles })),
);

/** Acknowledgements awaited in each step, so that whatever happens next happens under load. */
const STEP_ACKNOWLEDGEMENTS = 100;
/** Silence becomes partner-down by HA_TIMING; the rest is what a busy machine may take. */
const TAKEOVER_TIMEOUT_MS = 4 * (HA_TIMING.maxResponseDelayMs + HA_TIMING.heartbeatDelayMs);
const STEP_TIMEOUT_MS = 20_000;
/** Kea answers what it has queued after it was told to be silent; so many answers of the other one in a row end that. */
const SETTLED_ACKNOWLEDGEMENTS = 20;

/** A relationship that pauses where the survivor of a crash waits for its partner. */
export const PAUSES_IN_PARTNER_DOWN = {
  relationship: { 'state-machine': { states: [{ state: 'partner-down', pause: 'always' }] } },
} as const;

/**
 * Starts both servers at once. On a busy machine one may take the other for dead before it has come up, and pauses: it
 * is told to go on.
 */
export async function startBoth(pair: PairOf<HaServer>, mode: HaMode): Promise<void> {
  const servers = [pair.server1, pair.server2];
  await Promise.all(servers.map((server) => server.start()));
  await until({ what: 'the pair is in its normal state', timeoutMs: 2 * STEP_TIMEOUT_MS }, async () => {
    const states = await Promise.all(servers.map((server) => server.haState()));
    const paused = servers.filter((_, index) => states[index] === 'partner-down');
    for (const server of paused) await server.command('ha-continue');
    return states.every((state) => state === mode) ? true : null;
  });
}

export function otherOf<Server extends HaServer>({ pair }: QuietScene<Server>, name: ServerName): Server {
  return name === 'server1' ? pair.server2 : pair.server1;
}

/**
 * kill -9 of `name`: the other one takes over, pauses in partner-down, and the killed one is back only when the
 * administrator lets the survivor go on.
 */
export async function crashAndReturn(scene: Scene, name: ServerName): Promise<void> {
  const { t, pair, load } = scene;
  const [victim, survivor] = [pair[name], otherOf(scene, name)];
  await victim.crash();
  await survivor.reaches(['partner-down'], TAKEOVER_TIMEOUT_MS);
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS, survivor.name as ServerName);
  await victim.start();
  await victim.reaches(['ready'], STEP_TIMEOUT_MS);
  await partnerIsSeen(survivor, 'ready');
  t.equal(await survivor.haState(), 'partner-down', `${survivor.name} is paused and sees the partner ready`);
  t.equal((await survivor.command('ha-continue')).result, 0);
  await pair.normal();
  await synchronizes(victim, 0);
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
}

/** Without load: `name` takes everything over and gives it back. */
export async function maintenanceCancelled(scene: QuietScene, name: ServerName): Promise<void> {
  await startMaintenance(scene, name);
  await cancelMaintenance(scene, name);
}

/**
 * A server before Kea 2.7.5 is not told with the cancel where its partner stands: until its next heartbeat it takes the
 * maintenance for still going on, and goes back to it with the first lease update or heartbeat under way that completes.
 * Then it is cancelled again.
 */
export async function cancelMaintenance(scene: QuietScene, name: ServerName): Promise<void> {
  const { t, mode, pair } = scene;
  const [keeper, silent] = [pair[name], otherOf(scene, name)];
  const cancelled = await keeper.command('ha-maintenance-cancel');
  t.equal(cancelled.result, 0, cancelled.text ?? '');
  const views = () =>
    Promise.all([keeper, silent].flatMap((server) => [server.haState(), server.partnerState()]));
  await until(
    { what: 'both are and see each other in normal state', timeoutMs: STEP_TIMEOUT_MS },
    async () => {
      const seen = await views();
      if (seen[0] === 'partner-in-maintenance' && seen[2] === 'in-maintenance')
        await keeper.command('ha-maintenance-cancel');
      return seen.every((state) => state === mode) ? true : null;
    },
  );
  t.same(await views(), [mode, mode, mode, mode], 'both stay in normal state');
}

/** `name` takes everything over, the other one is shut down, which is partner-down without a wait, and comes back. */
export async function maintenanceWithShutdown(scene: Scene, name: ServerName): Promise<void> {
  const { t, pair, load } = scene;
  const [keeper, shutDown] = [pair[name], otherOf(scene, name)];
  await startMaintenance(scene, name);
  await silentBeside(scene, name);
  await shutDown.stop();
  await keeper.reaches(['partner-down'], TAKEOVER_TIMEOUT_MS);
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS, name);
  t.equal((await keeper.command('ha-continue')).result, 0, 'the pause is ended');
  await shutDown.start();
  await pair.normal();
  await synchronizes(shutDown, 0);
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
}

/** Everybody is served by `name`, nobody by the other one. */
async function silentBeside({ t, mode, load }: Scene, name: ServerName): Promise<void> {
  const toldMs = Date.now();
  const since = (fromMs: number) =>
    load.replies().filter((reply) => isAcknowledgement(reply) && reply.atMs >= fromMs);
  const patience = { what: `only ${name} serves`, timeoutMs: STEP_TIMEOUT_MS, pollMs: 100 };
  const silentFromMs = await until(patience, () => {
    const last = since(toldMs).slice(-SETTLED_ACKNOWLEDGEMENTS);
    const isSettled =
      last.length === SETTLED_ACKNOWLEDGEMENTS && last.every(({ server }) => server === ADDRESS[name]);
    return isSettled ? last[0]!.atMs : null;
  });
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS, name);
  // First come the answers to what it had taken in already, all from its own clients.
  const servesBoth = () => new Set(since(silentFromMs).map(({ address }) => poolOwnerOf(address))).size === 2;
  if (mode === 'load-balancing')
    await until({ ...patience, what: `${name} serves the clients of both` }, () => servesBoth() || null);
  const servers = since(silentFromMs).map(({ server }) => server);
  t.same([...new Set(servers)], [ADDRESS[name]], `only ${name} serves`);
}

export async function startMaintenance(scene: QuietScene, name: ServerName): Promise<void> {
  const { t, pair } = scene;
  const [keeper, silent] = [pair[name], otherOf(scene, name)];
  const started = await keeper.command('ha-maintenance-start');
  t.equal(started.result, 0, started.text ?? '');
  t.equal(await keeper.haState(), 'partner-in-maintenance');
  t.equal(await silent.haState(), 'in-maintenance');
}

/** `name` is told to begin again: it synchronizes from its partner and both work as before. */
export async function resetAndReturn(scene: Scene, name: ServerName): Promise<void> {
  const { t, pair, load } = scene;
  const server = pair[name];
  const syncs = syncsOf(server);
  const reset = await server.command('ha-reset');
  t.equal(reset.result, 0, reset.text ?? '');
  await synchronizes(server, syncs);
  await pair.normal();
  await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
}

/** Resolves when `server` has learned that its partner is in `state`. */
export async function partnerIsSeen(server: HaServer, state: string): Promise<void> {
  const what = `${server.name} sees its partner ${state}`;
  await until({ what, timeoutMs: STEP_TIMEOUT_MS }, async () =>
    (await server.partnerState()) === state ? true : null,
  );
}

/** Synchronizations of the state syncing that the present process has completed, from its log: what Tandem asks of a Kea while both serve is none. */
export function syncsOf(server: HaServer): number {
  const pattern = isKea(server.kind)
    ? /HA_SYNC_SUCCESSFUL/g
    : /"kind":"exchange"[^\n]*TDM_HA_SYNC_SUCCEEDED/g;
  return server.log().match(pattern)?.length ?? 0;
}

/** Resolves when the present process has completed more synchronizations than `count`. */
export async function synchronizes(server: HaServer, count: number): Promise<void> {
  await until({ what: `${server.name} synchronizes`, timeoutMs: STEP_TIMEOUT_MS }, () =>
    syncsOf(server) > count ? true : null,
  );
}
