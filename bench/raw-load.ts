/**
 * Program: the load client on one end of a cable, against a server at the other. Prints one line of JSON when its seconds are
 * over. Usage: node raw-load.js INTERFACE SERVER SECONDS RATE SEED; rate 0 = closed loop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseIpv4 } from '../src/base/ipv4.ts';
import { LoadClient } from '../src/load/client.ts';

const CLIENTS = { address: 0, port: 68 };
/** The client is compiled while it begins. */
const SETTLE_MS = 1000;
const DRAIN_MS = 3000;

const [link = '', server = '', seconds = '', rate = '', seed = ''] = process.argv.slice(2);
const client = await LoadClient.start({
  link,
  relay: CLIENTS,
  servers: [{ address: parseIpv4(server)!, port: 67 }],
  ratePerSec: Number(rate),
  seed: Number(seed),
});
await sleep(SETTLE_MS);
client.histograms.ackUs.reset();
const before = client.counts()['exchanges-completed'];
const begin = performance.now();
await sleep(Number(seconds) * 1000);
const completed = client.counts()['exchanges-completed'] - before;
const tookSec = (performance.now() - begin) / 1000;
const { ackUs } = client.histograms;
const counts = await client.stop(DRAIN_MS);
const line = {
  exchangesPerSec: completed / tookSec,
  p50Ms: ackUs.percentile(50) / 1000,
  p99Ms: ackUs.percentile(99) / 1000,
  retransmitted: counts.retransmitted,
  conflicts: counts['address-conflicts'],
  exchanges: counts['exchanges-completed'],
};
process.stdout.write(`${JSON.stringify(line)}\n`);
