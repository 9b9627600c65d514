/** Conformance scenarios 61 and 62: failure detection by traffic. */
import t from 'tap';
import {
  clientKey,
  clientsWithoutWait,
  connectingClients,
  isFailureDetected,
  noUnackedClients,
  observe,
  unackedClientsLeft,
} from '../../../src/ha/machine/unacked-clients.ts';
import { Machine } from '../support/machine.ts';
import { relationship } from '../support/relationship.ts';

const config = relationship('load-balancing', 'server1');

/** Observes single queries, one batch each, as the machine would over time. */
function after(...queries: readonly (readonly [client: string, secs: number])[]) {
  let clients = noUnackedClients(config);
  for (const [client, secs] of queries)
    clients = observe(clients, [{ client, waitedMs: secs * 1000 }], config);
  return clients;
}

const ten = Array.from({ length: 10 }, (_, index) => [`02:${index}/`, 15] as const);

t.test('[scenario 61] ten unacked clients are no failure, the eleventh is', async (t) => {
  const clients = after(...ten);
  t.equal(clients.unacked.size, 10);
  t.notOk(isFailureDetected(clients, config));
  t.equal(unackedClientsLeft(clients, config), 1);
  const known = after(...ten, ['02:3/', 9], ['02:3/', 20]);
  t.equal(known.unacked.size, 10, 'known clients count once, and never turn back');
  t.equal(known.analyzedCount, 12);
  const more = after(...ten, ['02:10/', 15]);
  t.ok(isFailureDetected(more, config));
  t.equal(unackedClientsLeft(more, config), 0);
});

t.test('[scenario 61] a client may turn unacked later', async (t) => {
  const clients = after(['02:1/', 5]);
  t.equal(clients.unacked.size, 0);
  t.equal(connectingClients(clients), 1);
  t.equal(after(['02:1/', 5], ['02:1/', 11]).unacked.size, 1);
  t.equal(connectingClients(after(['02:1/', 5], ['02:1/', 11])), 1);
});

t.test('[scenario 61] a client must have waited for longer than max-ack-delay', async (t) => {
  for (const [secs, unacked] of [
    [10, 0],
    [11, 1],
    [0, 0],
    [0xffff, 1],
  ] as const)
    t.equal(after(['02:1/', secs]).unacked.size, unacked, `secs ${secs}`);
});

t.test('[scenario 61] the same hardware address with another client-id is another client', async (t) => {
  t.equal(after([clientKey('02:01', ''), 15], [clientKey('02:01', '01:02'), 15]).unacked.size, 2);
});

t.test('[scenario 61] a good heartbeat forgets every client', async (t) => {
  const machine = Machine.in(config, 'communication-recovery').silence().clients(4).clients(2, 1);
  t.same([connectingClients(machine.state.unacked), machine.state.unacked.unacked.size], [4, 4]);
  machine.heartbeat('load-balancing');
  t.equal(connectingClients(machine.state.unacked), 0);
  t.equal(machine.state.unacked.analyzedCount, 0);
});

t.test('[scenario 62] max-unacked-clients 0 is always a failure', async (t) => {
  t.ok(isFailureDetected(noUnackedClients(config), { ...config, maxUnackedClients: 0 }));
});

t.test(
  'a flood of forged clients neither grows the records without bound nor hides the real ones',
  async (t) => {
    let clients = noUnackedClients(config);
    for (let batch = 0; batch < 50; batch++) {
      const forged = Array.from({ length: 1000 }, (_, index) => ({
        client: `forged-${batch}-${index}/`,
        waitedMs: 0,
      }));
      clients = observe(clients, forged, config);
    }
    t.ok(connectingClients(clients) <= 10_000);
    t.equal(clients.analyzedCount, 50_000);
    const real = Array.from({ length: 11 }, (_, index) => ({ client: `real-${index}/`, waitedMs: 15_000 }));
    const seen = observe(clients, real, config);
    t.equal(seen.unacked.size, 11);
    t.ok(connectingClients(seen) <= 10_011);
  },
);

t.test('unacked clients are bounded too, at a number that is well past every decision', async (t) => {
  const flood = Array.from({ length: 30_000 }, (_, index) => ({
    client: `forged-${index}/`,
    waitedMs: 900_000,
  }));
  t.equal(observe(noUnackedClients(config), flood, config).unacked.size, 10_000);
  const patient = { ...config, maxUnackedClients: 20_000 };
  t.ok(isFailureDetected(observe(noUnackedClients(patient), flood, patient), patient));
});

t.test('clients that tell of no wait are told apart: they can never count', async (t) => {
  const clients = after(['02:1/', 0], ['02:1/', 0], ['02:2/', 0], ['02:3/', 5], ['02:3/', 0], ['02:4/', 15]);
  t.equal(clientsWithoutWait(clients), 2);
  t.equal(clientsWithoutWait(observe(clients, [{ client: '02:1/', waitedMs: 3_000 }], config)), 1);
  const all = observe(clients, [{ client: '02:1/', waitedMs: 15_000 }], config);
  t.same([clientsWithoutWait(all), connectingClients(all), all.unacked.size], [1, 4, 2]);
});

t.test('a query of nobody is counted, and nobody is remembered', async (t) => {
  const clients = after([clientKey('', ''), 100]);
  t.same([clients.analyzedCount, connectingClients(clients)], [1, 0]);
});

t.test('an older value keeps its records', async (t) => {
  const before = after(...ten);
  observe(
    before,
    [
      { client: '02:99/', waitedMs: 15_000 },
      { client: '02:1/', waitedMs: 99_000 },
    ],
    config,
  );
  t.equal(connectingClients(before), 10);
  t.equal(before.unacked.size, 10);
});

t.test('observations count only while the communication is interrupted and the service is on', async (t) => {
  const machine = Machine.in(config, 'load-balancing').clients(3);
  t.equal(machine.state.unacked.analyzedCount, 0);
  machine.silence().clients(3);
  t.equal(machine.state.unacked.analyzedCount, 3);
  t.ok(
    machine.effects.some(
      (effect) => effect.kind === 'log' && effect.id === 'TDM_HA_COMMUNICATION_INTERRUPTED',
    ),
  );
  machine.clients(4);
  t.equal(machine.state.unacked.unacked.size, 4);
  t.same(machine.effect('log')?.fields, { unacked: 4, connecting: 4, left: 7 });
  machine.remoteHold = true;
  machine.clients(5);
  t.equal(machine.state.unacked.unacked.size, 4);
});
