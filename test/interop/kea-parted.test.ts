/**
 * Load balancing with a real Kea while the servers cannot reach each other but clients reach both: each serves its
 * share and keeps the updates for the other. Together again they exchange them, or, when one has lost some, synchronize.
 */
import t from 'tap';
import type { ServerName } from './configuration.ts';
import { isKea, needServers, type ServerKind } from './kea.ts';
import { acknowledgedLeases } from './lease-files.ts';
import { createPair, type Pair } from './pair.ts';
import { ROLES_IN_TURN, synchronizes, syncsOf } from './pair-steps.ts';
import { type Gate, startGate, throughGate } from './parted.ts';
import { findBrokenPromises, type RecordedLoad, startRecordedLoad } from './recorded-load.ts';
import type { DhcpServer } from './server.ts';

/** A Kea sends what it has kept one by one: on a slow machine more clients would add faster than it delivers. */
const RATE = 40;
/** More than a short parting brings for one server, and few enough to lose some soon. */
const SHORT_BACKLOG = 100;
const LONG_BACKLOG = 10_000;
const SHORT_PARTING_ACKNOWLEDGEMENTS = 60;
const STEP_TIMEOUT_MS = 20_000;

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

const loses = 'server2';

for (const { server1, server2 } of ROLES_IN_TURN) {
  const loser = server2;
  t.test(
    `${server1} and ${server2} are parted; ${loser} loses updates and resets its partner`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip', 'perfdhcp', 'tcpdump'])) return;
      const ha = {
        server1: parameters('server1', loses, loser),
        server2: parameters('server2', loses, loser),
      };
      const pair = createPair(t, { mode: 'load-balancing', server1, server2, ha });
      const gate = await startGate(pair.network);
      await Promise.all([pair.server1.start(), pair.server2.start()]);
      await pair.normal();
      const load = await startRecordedLoad(pair, RATE);
      const syncs = [syncsOf(pair.server1), syncsOf(pair.server2)];

      await part(pair, gate);
      await load.acknowledgements(SHORT_PARTING_ACKNOWLEDGEMENTS);
      await gate.turn();
      await pair.normal();
      t.same([syncsOf(pair.server1), syncsOf(pair.server2)], syncs, 'the kept updates were enough');

      await part(pair, gate);
      await loseUpdates(pair[loses], load);
      await gate.turn();
      for (const [i, server] of [pair.server1, pair.server2].entries()) await synchronizes(server, syncs[i]!);
      await pair.normal();
      await logsReset(pair.server2, pair.server1);
      await load.acknowledgements(SHORT_PARTING_ACKNOWLEDGEMENTS);

      const replies = await load.end();
      await pair.stop();
      t.comment(`${acknowledgedLeases(replies).size} clients were acknowledged a lease`);
      t.same(findBrokenPromises(pair, replies), []);
    },
  );
}

/**
 * Nobody may take the partner for dead: its clients are answered. A Kea that gets a reset after a silence longer than
 * max-response-delay does so all the same, and never asks for the lost leases: there the delay is long.
 */
function parameters(name: ServerName, loses: ServerName, loser: ServerKind) {
  return throughGate(name, {
    'max-unacked-clients': 10,
    ...(!isKea(loser) && { 'max-response-delay': 60_000 }),
    'delayed-updates-limit': name === loses ? SHORT_BACKLOG : LONG_BACKLOG,
  });
}

async function part({ server1, server2 }: Pair, gate: Gate): Promise<void> {
  await gate.turn();
  await Promise.all(
    [server1, server2].map((server) => server.reaches(['communication-recovery'], STEP_TIMEOUT_MS)),
  );
}

async function loseUpdates(server: DhcpServer, load: RecordedLoad): Promise<void> {
  await load.acknowledgements(SHORT_BACKLOG + 1, server.name as ServerName);
}

/** One has sent the other a reset, as a Tandem of the two logs it: Kea does not. */
async function logsReset(sender: DhcpServer, receiver: DhcpServer): Promise<void> {
  if (sender.kind === 'tandem') await sender.logs(/TDM_HA_RESET_SENT/);
  else if (!isKea(receiver.kind)) await receiver.logs(/a reset was commanded/);
}
