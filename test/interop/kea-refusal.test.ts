/**
 * Clients with identifiers of unusual length on a pair of Tandem and Kea: one that a Kea 2.2 cannot hold gets nothing, and
 * disturbs nobody; what a Kea 3.0 holds is in both files.
 */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { ADDRESS, type HaMode } from './configuration.ts';
import { needServers } from './kea.ts';
import { startFork, startPair } from './pair.ts';
import { perfdhcp } from './perfdhcp.ts';
import { SUBJECT } from './server.ts';
import { until } from './waiting.ts';

const ASKING = fileURLToPath(new URL('./asking.js', import.meta.url));

/** Kea 2.2 takes 2 to 128 octets. */
const LONG_ID = [[61, '5a'.repeat(200)]];
const QUERIES = { target: ADDRESS.fork, local: ADDRESS.load, clients: 1_000 };
const DROPPED = 'tandem-drop-partner-cannot-hold';

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const mode of ['hot-standby', 'load-balancing'] as const satisfies readonly HaMode[]) {
  t.test(
    `${mode}: one client with a long identifier does not stop the pair`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, ['kea 2.2'], ['ip', 'perfdhcp'])) return;
      const pair = await startPair(t, { mode, server1: SUBJECT, server2: 'kea 2.2' });
      await startFork(pair.network);
      const { server1, server2 } = pair;
      // What the partner can hold is asked with the first good heartbeat.
      await until({ what: 'both see each other', timeoutMs: 10_000 }, async () =>
        (await server1.partnerState()) === mode && (await server2.partnerState()) === mode ? true : null,
      );
      const plan = {
        target: ADDRESS.fork,
        local: ADDRESS.load,
        clients: 5,
        milliseconds: 3_000,
        options: LONG_ID,
      };
      const asking = pair.network.start('load', process.execPath, [ASKING, JSON.stringify(plan)]);
      await asking.ended;
      // Kea drops what it cannot hold itself; of it only what Tandem would have given may not come.
      t.match(asking.output(), /0 acknowledgements/, 'nobody relies on what one of two servers cannot hold');
      const usual = await perfdhcp(pair.network, 'load', { ...QUERIES, rate: 50, seconds: 3 });
      t.ok(usual.requestAck.received > 100, `${usual.requestAck.received} others are served`);
      t.same([await server1.haState(), await server2.haState()], [mode, mode]);
      t.notMatch(server1.log(), /TDM_HA_UPDATE_FAILED|TDM_HA_STATE_CHANGED.*"to":"communication-recovery"/);
      const statistics = await server1.command('statistic-get', { name: DROPPED });
      const samples = (statistics.arguments as Record<string, number[][]> | undefined)?.[DROPPED];
      t.ok((samples?.[0]?.[0] ?? 0) > 0, 'they are counted under a name');
      t.same(
        [...server1.leases().leases.values()].filter(({ clientId }) => clientId.length > 3 * 128),
        [],
        'no lease was written for them',
      );
    },
  );
}

for (const mode of ['hot-standby', 'load-balancing'] as const satisfies readonly HaMode[]) {
  t.test(
    `${mode}: identifiers of every length are in both files of a pair with Kea 3.0`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, ['kea 3.0'], ['ip'])) return;
      const pair = await startPair(t, { mode, server1: SUBJECT, server2: 'kea 3.0' });
      await startFork(pair.network);
      const { server1, server2 } = pair;
      await until({ what: 'both see each other', timeoutMs: 10_000 }, async () =>
        (await server1.partnerState()) === mode && (await server2.partnerState()) === mode ? true : null,
      );
      for (const octets of [2, 19, 128, 129, 200, 255]) {
        const plan = {
          target: ADDRESS.fork,
          local: ADDRESS.load,
          clients: 5,
          milliseconds: 20_000,
          options: [[61, '5a'.repeat(octets - 1)]],
        };
        const asking = pair.network.start('load', process.execPath, [ASKING, JSON.stringify(plan)]);
        await asking.ended;
        t.match(asking.output(), /5 acknowledgements/, `${octets} octets`);
      }
      t.same([await server1.haState(), await server2.haState()], [mode, mode]);
      await pair.stop();
      const [one, two] = [server1, server2].map((server) => [...server.leases().leases.values()]);
      t.equal(one!.length, 30);
      t.same(
        new Map(one!.map(({ address, clientId }) => [address, clientId])),
        new Map(two!.map(({ address, clientId }) => [address, clientId])),
      );
    },
  );
}
