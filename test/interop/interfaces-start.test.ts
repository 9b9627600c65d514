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

/** As long as it takes to be seen retrying after the start, on a busy machine too. */
const RETRIES = { 'service-sockets-max-retries': 2, 'service-sockets-retry-wait-time': 8000 };
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
t.jobs = 3;

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
    const teardown: (() => unknown)[] = [];
    const scene = createScene(
      { teardown: (handler) => teardown.push(handler) },
      { kind, interfaces: { interfaces: ['lan0', 'lan1'], ...keys } },
    );
    try {
      await prepare(scene);
      return await lifeOf(scene, 'service-sockets-require-all' in keys);
    } finally {
      scene.network.remove();
      for (const handler of teardown) await handler();
    }
  }
}

/** How it is after the start, and when no retry is left: Kea says "failed" while the last one is still to come. */
async function lifeOf(scene: InterfaceScene, isRequired: boolean): Promise<string[]> {
  try {
    await scene.server.start();
  } catch {
    return ['ends'];
  }
  const first = await describe(scene);
  if (!first.startsWith('retrying')) return [first];
  const last = await until({ what: 'no retry is left', timeoutMs: 60_000 }, async () => {
    const now = await describe(scene).catch(() => 'ends');
    return now === 'ends' || (!isRequired && now.startsWith('failed')) ? now : null;
  });
  return [first, last];
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
