/**
 * Seeded orders of stops, kills, starts, resets, maintenance and cuts of a real pair under load, of Tandem with a real Kea
 * in either role and of two Tandems, in both modes: whenever the pair says that it is whole, both tables are equal.
 * TANDEM_ORDERS=N tries N orders with each pairing, TANDEM_SEED=N others than the usual ones.
 */
import t from 'tap';
import { numbersFrom } from '../support/numbers.ts';
import { needServers } from './kea.ts';
import { carryOut, differencesOf } from './orders.ts';
import { createPair } from './pair.ts';
import { PAIRINGS, startBoth } from './pair-steps.ts';
import { startGate, throughGate } from './parted.ts';
import { startRecordedLoad } from './recorded-load.ts';

const ORDERS = Number(process.env['TANDEM_ORDERS'] ?? 5);
const SEED = Number(process.env['TANDEM_SEED'] ?? 4);
const STEPS = 7;
/** Exchanges a second: enough that each step happens in the middle of some. */
const RATE = 50;

t.jobs = 4;

for (const [index, { mode, server1, server2 }] of PAIRINGS.entries()) {
  t.test(
    `${mode}, ${server1} and ${server2}: equal tables after each of ${ORDERS} orders`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip', 'perfdhcp', 'tcpdump'])) return;
      const ha = { server1: throughGate('server1', {}), server2: throughGate('server2', {}) };
      const pair = createPair(t, { mode, server1, server2, ha });
      const gate = await startGate(pair.network);
      await startBoth(pair, mode);
      const load = await startRecordedLoad(pair, RATE);
      const number = numbersFrom(SEED * 100 + index);
      for (let order = 0; order < ORDERS; order++) {
        const story = await carryOut({ mode, pair, gate, load }, number, STEPS);
        await load.quieten();
        t.same(await differencesOf(pair, load.replies), [], `${order + 1}: ${story}`);
        load.resume();
      }
      await load.end();
    },
  );
}
