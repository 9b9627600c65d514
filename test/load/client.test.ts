import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Reflector } from '../../bench/reflector.ts';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { LoadClient } from '../../src/load/client.ts';

const SERVER = 0x7f000001;
const RELAY = 0x7f000003;

async function relay(): Promise<{ address: number; port: number }> {
  return { address: RELAY, port: await findFreeUdpPort('127.0.0.3') };
}

/** Waits for a condition that real threads bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

t.test(
  'completes exchanges over real sockets, as many as asked for, and enters each in the ledger',
  async (t) => {
    const from = await relay();
    const reflector = await Reflector.start(SERVER, from);
    const client = await LoadClient.start({ relay: from, servers: [reflector.endpoint], exchangesMax: 500 });
    await until(() => client.counts()['exchanges-completed'] === 500);
    const counts = await client.stop(1000);
    await reflector.stop();
    t.match(counts, {
      'exchanges-completed': 500,
      'server-0-acks': 500,
      'malformed-received': 0,
      'address-conflicts': 0,
      'in-flight': 0,
    });
    t.equal(client.ledger.size, 500);
    t.equal(client.ledger.get(0x0a000000 + 499)?.client, 499);
    t.equal(client.histograms.ackUs.count, 500);
  },
);

t.test('sends every query to both servers, and tells their answers apart', async (t) => {
  const from = await relay();
  const reflectors = [await Reflector.start(SERVER, from), await Reflector.start(SERVER, from)];
  const servers = reflectors.map((reflector) => reflector.endpoint);
  const client = await LoadClient.start({ relay: from, servers, exchangesMax: 50, inFlightMax: 8 });
  await until(() => client.counts()['server-1-acks'] === 50 && client.counts()['server-0-acks'] === 50);
  const counts = await client.stop(1000);
  for (const reflector of reflectors) await reflector.stop();
  t.match(counts, { 'exchanges-completed': 50, 'duplicate-received': 100 });
});

t.test('stops in time although nobody answers, and tells how many waited', async (t) => {
  const from = await relay();
  const nobody = { address: SERVER, port: await findFreeUdpPort('127.0.0.1') };
  const client = await LoadClient.start({ relay: from, servers: [nobody], inFlightMax: 4 });
  await until(() => client.counts()['discover-sent'] === 4);
  const counts = await client.stop(50);
  t.equal(counts['in-flight'], 4);
  t.same(await client.stop(50), counts, 'stopping twice is harmless');
});

t.test('keeps to a rate that changes while it runs', async (t) => {
  const from = await relay();
  const reflector = await Reflector.start(SERVER, from);
  const client = await LoadClient.start({ relay: from, servers: [reflector.endpoint], ratePerSec: 1 });
  await until(() => client.counts()['exchanges-completed'] === 1);
  client.setRate(1000);
  await until(() => client.counts()['exchanges-completed'] > 20);
  t.ok((await client.stop(1000))['exchanges-completed'] > 20);
  await reflector.stop();
});

t.test('does not start when the address of the relay is taken', async (t) => {
  const from = await relay();
  const reflector = await Reflector.start(SERVER, from);
  const first = await LoadClient.start({ relay: from, servers: [reflector.endpoint], exchangesMax: 1 });
  await t.rejects(LoadClient.start({ relay: from, servers: [reflector.endpoint] }), { code: 'EADDRINUSE' });
  await first.stop(1000);
  await reflector.stop();
});

t.test(
  'begins nothing until it is allowed to, and gives up what is in flight when it is told to',
  async (t) => {
    const from = await relay();
    const nobody = { address: SERVER, port: await findFreeUdpPort('127.0.0.1') };
    const client = await LoadClient.start({ relay: from, servers: [nobody], inFlightMax: 0 });
    client.setInFlight(5);
    await until(() => client.counts()['in-flight'] === 5);
    client.setInFlight(0);
    client.forget();
    await until(() => client.counts()['in-flight'] === 0);
    t.match(await client.stop(50), { abandoned: 5, 'discover-sent': 5 });
  },
);
