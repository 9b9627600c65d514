/** One thread that is the shard and the lease stream of a server, by real sockets on both sides. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict, VerdictWriter } from '../../src/engine/parked/verdicts.ts';
import { discover, request } from '../engine/queries.ts';
import { CarryingServer } from './support/carrying-server.ts';

const ADDRESS = parseIpv4('10.0.0.200')!;
/** Less than any sleep that nobody ends. */
const QUICK_MS = 200;
const REST_MS = 5;
/** So many that a busy machine leaves one of them in peace. */
const TRIES = 20;

function msOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

/** The address that a client is offered. */
function offered(carrying: CarryingServer, client: number): string {
  carrying.server.post(discover(client));
  carrying.sleep();
  return carrying.server.replies()[0]!.yiaddr;
}

t.test('an ACK leaves in the turn that reads the acknowledgement, and the thread rings nobody', async (t) => {
  const carrying = new CarryingServer(t);
  const { server, partner } = carrying;
  const address = offered(carrying, 1);
  carrying.wasRung();
  server.post(request(1, address));
  carrying.sleep();
  partner.turn();
  t.match(
    partner.lease(parseIpv4(address)!),
    { state: 0 },
    'the record is there before the own disk is done',
  );
  carrying.makeDurable();
  partner.makeDurable();
  partner.turn();
  t.same(server.replies(), []);
  carrying.sleep();
  t.equal(server.replies()[0]!.yiaddr, address);
  t.notOk(carrying.wasRung());
});

t.test('what the partner sends is taken and acknowledged beside the queries', async (t) => {
  const carrying = new CarryingServer(t);
  const { server, partner } = carrying;
  partner.lend();
  partner.turn();
  const number = partner.write([{ address: ADDRESS }]);
  partner.turn();
  server.post(discover(1));
  carrying.sleep();
  t.equal(server.replies().length, 1);
  t.match(server.lease('10.0.0.200'), { state: 0 });
  carrying.makeDurable();
  carrying.settle();
  t.same(partner.shards.of(0, number), [Verdict.confirmed]);
});

t.test('a standby that lets queries gather does not let records wait', async (t) => {
  const carrying = new CarryingServer(t);
  const { server, partner } = carrying;
  partner.lend();
  partner.turn();
  server.policy({ activeServers: 1, scopes: 0 });
  const waits: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    server.post(discover(i));
    while (server.statistic('tandem-drop-out-of-scope') <= i) carrying.sleep();
    partner.write([{ address: ADDRESS, expireSec: 1000 + i }]);
    partner.turn();
    waits.push(msOf(() => carrying.sleep()));
    carrying.makeDurable();
    carrying.settle(2);
  }
  t.ok(Math.min(...waits) < REST_MS, `${waits} ms`);
  const rests: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    server.post(discover(100 + i));
    const before = server.statistic('tandem-drop-out-of-scope');
    while (server.statistic('tandem-drop-out-of-scope') === before) carrying.sleep();
    server.post(discover(200 + i));
    rests.push(
      msOf(() => {
        while (server.statistic('tandem-drop-out-of-scope') < before + 2) carrying.sleep();
      }),
    );
  }
  t.ok(Math.max(...rests) >= REST_MS - 1, `queries do: ${rests} ms`);
});

t.test('whatever has come before it lies down, and rung nobody, keeps it awake', async (t) => {
  const carrying = new CarryingServer(t);
  const { server, partner } = carrying;
  const address = offered(carrying, 1);
  server.post(request(1, address));
  carrying.sleep();
  carrying.makeDurable();
  t.ok(msOf(() => carrying.sleep()) < QUICK_MS, 'a row that is durable');
  new VerdictWriter(server.link.verdicts).write(1, 1, Verdict.confirmed);
  t.ok(msOf(() => carrying.sleep()) < QUICK_MS, 'a verdict of main');
  t.equal(server.replies().length, 1);
  partner.lend();
  carrying.settle();
  t.ok(msOf(() => carrying.sleep()) >= QUICK_MS, 'and nothing lets it sleep');
  carrying.order({ kind: 'fence', route: 1 });
  t.ok(msOf(() => carrying.sleep()) < QUICK_MS, 'an order of main');
  t.ok(msOf(() => carrying.sleep()) < QUICK_MS);
  t.equal(carrying.heard('fenced'), 1);
});

t.test('between two shards the stream goes on alone', async (t) => {
  const carrying = new CarryingServer(t);
  const { server, partner } = carrying;
  const address = offered(carrying, 1);
  server.post(request(1, address));
  carrying.sleep();
  carrying.stopShard();
  carrying.turn();
  carrying.turn();
  t.equal(carrying.heard('carried'), 0, 'a reply is parked');
  server.post(discover(2));
  carrying.settle(2);
  carrying.makeDurable();
  partner.makeDurable();
  carrying.settle(3);
  t.equal(server.replies()[0]!.yiaddr, address, 'it leaves when the partner has the lease');
  t.equal(carrying.heard('carried'), 1);

  partner.lend();
  partner.turn();
  const number = partner.write([{ address: ADDRESS }]);
  carrying.settle(2);
  carrying.makeDurable();
  carrying.settle(2);
  t.same(partner.shards.of(0, number), [Verdict.confirmed]);

  carrying.order({ kind: 'pause' });
  carrying.turn();
  carrying.order({ kind: 'resume', workplace: workplaceOf(carrying) });
  carrying.carry();
  carrying.settle(2);
  t.equal(server.replies().length, 1, 'the query that came meanwhile');
  t.equal(carrying.heard('down'), 0);
});

function workplaceOf({ server }: CarryingServer) {
  const { config, bookMemory, statistics } = server;
  return { family: 4 as const, config, book: bookMemory, limited: null, statistics, isHeard: false };
}
