/** The HTTP control API under load. */

import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { CommandClient } from '../src/demo/command-client.ts';
import { TANDEM } from '../src/demo/local-server.ts';
import { formatNumber, sizeOf } from './harness.ts';
import type { Bench, Scale } from './model.ts';
import { startSingle } from './rivals.ts';

const CONNECTIONS = 10;
const START_TIMEOUT_MS = 30_000;
const COMMANDS = ['status-get', 'statistic-get-all', 'version-get'];

export const control: Bench = {
  name: 'control',
  question: `How many control commands a second does a server answer over ${CONNECTIONS} HTTP connections?`,
  run: async ({ scale }) => {
    const rival = await startSingle(TANDEM);
    try {
      await waitForControl(rival.controlPort);
      const rows: string[][] = [];
      for (const command of COMMANDS) rows.push(await loadCommand(rival.controlPort, command, scale));
      return { columns: ['command', 'answers/s', 'p50 ms', 'p99 ms', 'errors'], rows, digest: null };
    } finally {
      await rival.close();
    }
  },
};

async function waitForControl(port: number): Promise<void> {
  const client = new CommandClient(port);
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await client.run('status-get');
      return await client.close();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function loadCommand(port: number, command: string, scale: Scale): Promise<string[]> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ command, service: ['dhcp4'] }),
    connections: CONNECTIONS,
    ...(scale === 'tiny' ? { amount: CONNECTIONS * 2 } : { duration: sizeOf(scale, 1, 5) }),
  });
  return [
    command,
    formatNumber(result.requests.average),
    formatNumber(result.latency.p50),
    formatNumber(result.latency.p99),
    formatNumber(result.errors + result.non2xx),
  ];
}
