import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { CommandClient } from '../../src/demo/command-client.ts';
import { DOWN, localHaState, statisticsOf, viewServer } from '../../src/demo/server-view.ts';

const STATUS = { 'high-availability': [{ 'ha-servers': { local: { state: 'hot-standby' } } }] };
const STATISTICS = {
  'tandem-assigned-addresses': [
    [7, '2024-01-01 00:00:00.000000'],
    [6, '2023-01-01 00:00:00.000000'],
  ],
  'tandem-drop-park-full': [[3, '2024-01-01 00:00:00.000000']],
  'tandem-drop-out-of-scope': [[100, '2024-01-01 00:00:00.000000']],
  'tandem-drop-no-subnet': [[0, '2024-01-01 00:00:00.000000']],
};

/** A server that answers commands from a table; anything else is an error. */
async function answering(
  answers: Readonly<Record<string, unknown>>,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { command } = JSON.parse(body) as { command: string };
      const known = command in answers;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify([known ? { result: 0, arguments: answers[command] } : { result: 2, text: 'no' }]),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

t.test('shows state, leases and the drops that are not daily business', async (t) => {
  const { server, port } = await answering({ 'status-get': STATUS, 'statistic-get-all': STATISTICS });
  const client = new CommandClient(port);
  const view = await viewServer(client);
  t.equal(view.state, 'hot-standby');
  t.equal(view.leases, 7);
  t.same([...view.drops], [['park-full', 3]]);
  await client.close();
  server.close();
});

t.test('a server that answers with an error, or not at all, is down', async (t) => {
  const { server, port } = await answering({});
  const client = new CommandClient(port);
  t.equal(await viewServer(client), DOWN);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  t.equal(await viewServer(client), DOWN);
  await client.close();
});

t.test('an answer of another shape has no state', async (t) => {
  for (const status of [
    null,
    7,
    {},
    { 'high-availability': [] },
    { 'high-availability': [{ 'ha-servers': 1 }] },
  ]) {
    t.equal(localHaState(status), null, JSON.stringify(status));
  }
});

t.test('statistics of another shape are left out', async (t) => {
  t.same([...statisticsOf({ a: [[1, 'x']], b: [], c: 'x', d: [['1', 'x']], e: [[]] })], [['a', 1]]);
});
