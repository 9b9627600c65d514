/**
 * What a server does at the start with an interface that cannot be served, for each combination of the keys: Tandem as the
 * real Kea, which is asked in a network of the same kind.
 */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { createScene, type InterfaceScene } from './interface-scene.ts';
import type { ServerKind } from './kea.ts';
import { BEGIN_MS, type RunningProgram } from './programs.ts';
import { until } from './waiting.ts';

/** How long servers wait between retries: a server that was not asked before the first one is started again with the next. */
const RETRY_WAITS_MS = [6000, 30_000];
const ENDS_MS = 5_000;
const RETRIES = { 'service-sockets-max-retries': 2 };
const REQUIRED = { 'service-sockets-require-all': true };

/** What keeps `lan0` from being served; `prepare` runs before the start. */
const FAULTS: readonly { name: string; prepare: (scene: InterfaceScene) => Promise<unknown> }[] = [
  { name: 'missing', prepare: (scene) => scene.ip('link delete lan0') },
  { name: 'down', prepare: (scene) => scene.ip('link set lan0 down') },
  { name: 'without address', prepare: (scene) => scene.ip('address flush dev lan0') },
  { name: 'without carrier', prepare: (scene) => scene.ip('link set port0 down', 'switch') },
  { name: 'port in use', prepare: takePort },
];
const KEYS: readonly { name: string; keys: Readonly<Record<string, unknown>> }[] = [
  { name: 'default', keys: {} },
  { name: 'require-all', keys: REQUIRED },
  { name: 'retries', keys: RETRIES },
  { name: 'require-all and retries', keys: { ...REQUIRED, ...RETRIES } },
];
/** Whoever configures retries expects that an interface comes late: here Tandem waits, and Kea does not start. */
const DIFFERENT = new Set(['missing, retries', 'missing, require-all and retries']);

// Each server in a network of its own; they wait for most of the time.
t.jobs = 2;

for (const fault of FAULTS) {
  t.test(`${fault.name}: Tandem starts, retries and ends as Kea does`, { buffered: true }, async (t) => {
    if (!needRootAnd(t, ['ip', 'kea-dhcp4'])) return;
    for (const { name, keys } of KEYS) {
      const ask = (kind: ServerKind) => outcome(kind, fault.prepare, keys);
      const [kea, tandem] = await Promise.all([ask('kea 2.2'), ask('tandem')]);
      const what = `${fault.name}, ${name}`;
      t.comment(`${what}: ${JSON.stringify(kea)}`);
      if (DIFFERENT.has(what))
        t.match([kea, tandem], [['ends'], [/^retrying: interface 'lan0' doesn't exist/]], what);
      else t.same(tandem, kea, what);
    }
  });

  async function outcome(
    kind: ServerKind,
    prepare: (scene: InterfaceScene) => Promise<unknown>,
    keys: Readonly<Record<string, unknown>>,
  ): Promise<string[]> {
    for (const waitMs of RETRY_WAITS_MS) {
      const life = await watched(kind, prepare, keys, waitMs);
      if (life !== null) return life;
    }
    throw new Error(`${kind} was never asked before its first retry`);
  }
}

/** @returns its life, or null when it may have retried already before it was asked */
async function watched(
  kind: ServerKind,
  prepare: (scene: InterfaceScene) => Promise<unknown>,
  keys: Readonly<Record<string, unknown>>,
  waitMs: number,
): Promise<string[] | null> {
  const teardown: (() => unknown)[] = [];
  const hasRetries = 'service-sockets-max-retries' in keys;
  const wait = hasRetries ? { 'service-sockets-retry-wait-time': waitMs } : {};
  const scene = createScene(
    { teardown: (handler) => teardown.push(handler) },
    { kind, interfaces: { interfaces: ['lan0', 'lan1'], ...keys, ...wait } },
  );
  try {
    await prepare(scene);
    return await lifeOf(scene, 'service-sockets-require-all' in keys, hasRetries ? waitMs : Infinity);
  } finally {
    scene.network.remove();
    for (const handler of teardown) await handler();
  }
}

/**
 * How it is after the start, and when no retry is left: Kea says "failed" while the last one is still to come.
 * @returns null when it was not asked for `waitMs` after it was started
 */
async function lifeOf(scene: InterfaceScene, isRequired: boolean, waitMs: number): Promise<string[] | null> {
  const began = performance.now();
  const first = await firstSeen(scene);
  if (performance.now() - began > waitMs) return null;
  if (!first.startsWith('retrying')) return [first];
  const last = await until(
    { what: 'no retry is left', timeoutMs: 3 * waitMs + 30_000, pollMs: 300 },
    async () => {
      if (!scene.server.isRunning()) return 'ends';
      // A server that ends takes its control socket away first.
      const now = await describe(scene).catch(() => '');
      return !isRequired && now.startsWith('failed') ? now : null;
    },
  );
  return [first, last];
}

async function firstSeen(scene: InterfaceScene): Promise<string> {
  try {
    await scene.server.start();
    return await describe(scene);
  } catch (error) {
    // Its control socket may be gone a moment before the server is.
    const isOver = { what: 'a server that does not answer ends', timeoutMs: ENDS_MS };
    return until(isOver, () => (scene.server.isRunning() ? null : 'ends')).catch(() => {
      throw error;
    });
  }
}

async function describe(scene: InterfaceScene): Promise<string> {
  const { status, errors = [] } = await scene.sockets();
  // What stands behind the reason is the program's own.
  return `${status}: ${errors.map((error) => error.replace(/reason: .*/, 'reason')).join('; ')}`;
}

/** Another program holds the address and port of lan0. */
async function takePort(scene: InterfaceScene): Promise<RunningProgram> {
  const script =
    "const s = require('node:dgram').createSocket('udp4'); s.bind(67, '10.1.0.1', () => console.log('bound'));";
  const holder = scene.network.start('server1', process.execPath, ['-e', script]);
  await holder.waitForOutput(/bound/, BEGIN_MS);
  return holder;
}
