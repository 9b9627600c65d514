/** A server that answers nobody lets the queries for its partner gather, instead of waking up for each. */
import t from 'tap';
import type { Policy } from '../../src/engine/policy.ts';
import { discover, request, serverFor } from '../engine/queries.ts';

const REST_MS = 5;
/** The kernel counts milliseconds by a clock of its own. */
const SLACK_MS = 1;
const STANDBY: Partial<Policy> = { activeServers: 1, scopes: 0 };

/** So many that a busy machine leaves one of them in peace. */
const TRIES = 20;

function clientsFrom(first: number): number[] {
  return Array.from({ length: TRIES }, (_, i) => first + i);
}

function msOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

t.test('queries for the partner are looked at every 5 ms, and each is counted', async (t) => {
  const server = serverFor(t);
  server.policy(STANDBY);
  server.send(discover(0));
  const turns = 10;
  const ms = msOf(() => {
    for (let i = 1; i <= turns; i++) {
      server.post(discover(100 + i));
      server.send(discover(i));
    }
  });
  t.ok(ms >= turns * REST_MS - SLACK_MS, `${turns} turns took ${ms} ms`);
  t.equal(server.statistic('tandem-drop-out-of-scope'), 1 + 2 * turns);
  t.same(server.replies(), []);
});

t.test('who is switched off rests as well', async (t) => {
  const server = serverFor(t);
  server.policy({ serviceEnabled: false });
  server.send(discover(0));
  t.ok(msOf(() => server.send(discover(1))) >= REST_MS - SLACK_MS);
  t.equal(server.statistic('tandem-drop-service-disabled'), 2);
});

t.test('what came during the last rest is answered when the partner has gone by then', async (t) => {
  const server = serverFor(t);
  server.policy(STANDBY);
  server.send(discover(0));
  server.policy({ ...STANDBY, scopes: 1 });
  server.send(discover(1));
  t.equal(server.replies().length, 1);
  t.equal(server.statistic('tandem-drop-out-of-scope'), 1);
  const waits = clientsFrom(2).map((client) => msOf(() => server.send(discover(client))));
  t.ok(Math.min(...waits) < REST_MS, `no rest any more: ${waits} ms`);
});

t.test('main wakes it out of its rest, and it does not sleep before it has looked why', async (t) => {
  const server = serverFor(t);
  server.policy(STANDBY);
  const waits = clientsFrom(0).map((client) => {
    server.send(discover(client));
    // No query waits now: a wake-up that is lost would be a sleep of 50 ms.
    return msOf(() => server.turn());
  });
  t.ok(Math.min(...waits) < REST_MS, `${waits} ms`);
});

t.test('it does not rest while a reply of before waits for its lease to be safe', async (t) => {
  const server = serverFor(t);
  const offer = server.ask(discover(1))!;
  server.send(request(1, offer.yiaddr));
  server.policy(STANDBY);
  server.send(discover(2));
  const waits = clientsFrom(11).map((client) => msOf(() => server.send(discover(client))));
  t.ok(Math.min(...waits) < REST_MS, `${waits} ms`);
  server.makeDurable();
  t.equal(server.replies()[0]?.yiaddr, offer.yiaddr);
});
