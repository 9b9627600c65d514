/**
 * Load balancing of DHCPv6 with a real Kea while the servers cannot reach each other but clients reach both: each serves its
 * share and keeps the updates for the other. Together again they exchange them, or, when one has lost some, synchronize.
 */
import t, { type Test } from 'tap';
import type { ServerName } from './configuration.ts';
import { isKea, needServers, type ServerKind } from './kea.ts';
import { type Binding, openLinkClients6 } from './link-clients6.ts';
import { ROLES_IN_TURN, startBoth, synchronizes, syncsOf } from './pair-steps.ts';
import { CLIENTS_HOST, createPair6, type Pair6 } from './pair6.ts';
import { type Gate, startGate, throughGate } from './parted.ts';

const MODE = 'load-balancing';
/** An address and a prefix. */
const LEASES_OF_CLIENT = 2;
/** Enough that each server has some of them. */
const FEW_CLIENTS = 8;
const SHORT_BACKLOG = LEASES_OF_CLIENT * FEW_CLIENTS;
const LONG_BACKLOG = 10_000;
const STEP_TIMEOUT_MS = 20_000;
const ASSIGNED = 0;
const LOSES = 'server2';

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const { server1, server2 } of ROLES_IN_TURN)
  t.test(
    `${server1} and ${server2} are parted; ${server2} loses updates and resets its partner`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip'], 'kea-dhcp6')) return;
      const ha = { server1: parameters('server1', server2), server2: parameters('server2', server2) };
      const pair = await createPair6(t, { mode: MODE, server1, server2, ha });
      const gate = await startGate(pair.network);
      const clients = openLinkClients6(t, pair.network, CLIENTS_HOST);
      await startBoth(pair, MODE);
      const bindings: Binding[] = [];
      const bindOne = async (): Promise<Binding> => {
        const binding = await clients.bind(bindings.length + 1);
        bindings.push(binding);
        return binding;
      };
      const syncs = [syncsOf(pair.server1), syncsOf(pair.server2)];

      await part(pair, gate);
      for (let bound = 0; bound < FEW_CLIENTS; bound++) await bindOne();
      await gate.turn();
      await pair.normal();
      t.same([syncsOf(pair.server1), syncsOf(pair.server2)], syncs, 'the kept updates were enough');
      t.same(new Set(bindings.map(({ server }) => server)).size, 2, 'both have served');
      holdTheSame(t, pair, bindings);

      await part(pair, gate);
      for (let lost = 0; lost <= SHORT_BACKLOG; )
        if ((await bindOne()).server === LOSES) lost += LEASES_OF_CLIENT;
      await gate.turn();
      for (const [i, server] of [pair.server1, pair.server2].entries()) await synchronizes(server, syncs[i]!);
      await pair.normal();
      await bindOne();
      await pair.stop();
      holdTheSame(t, pair, bindings);
    },
  );

/**
 * Nobody may take the partner for dead: its clients are answered. A Kea that gets a reset after a silence longer than
 * max-response-delay does so all the same, and never asks for the lost leases: there the delay is long.
 */
function parameters(name: ServerName, loser: ServerKind) {
  return throughGate(name, {
    'max-unacked-clients': 10,
    ...(!isKea(loser) && { 'max-response-delay': 60_000 }),
    'delayed-updates-limit': name === LOSES ? SHORT_BACKLOG : LONG_BACKLOG,
  });
}

async function part({ server1, server2 }: Pair6, gate: Gate): Promise<void> {
  await gate.turn();
  await Promise.all(
    [server1, server2].map((server) => server.reaches(['communication-recovery'], STEP_TIMEOUT_MS)),
  );
}

/** Both files have what the clients have, and nothing else. */
function holdTheSame(t: Pick<Test, 'same'>, pair: Pair6, bindings: readonly Binding[]): void {
  const given = bindings.flatMap(({ address, prefix }) => [address, prefix]).sort();
  for (const server of [pair.server1, pair.server2]) {
    const assigned = server.leases().filter(({ state }) => state === ASSIGNED);
    t.same(assigned.map(({ address }) => address).sort(), given, `${server.kind} ${server.name}`);
  }
}
