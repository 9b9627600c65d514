/** Offers wait for silence at their address. The kernel answers for all of 127.0.0.0/8; a socket of another identifier is deaf. */
import t, { type Test } from 'tap';
import { attachProgram, Bpf } from '../../src/io/bpf.ts';
import { type EchoSocket, openEchoSocket } from '../../src/io/icmp-socket.ts';
import { DatagramSender } from '../../src/io/mmsg.ts';
import { closeFd } from '../../src/io/udp.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { allocateReports, ReportWord } from '../../src/shard/dhcp4/ping-checks.ts';
import type { BenchServer } from '../engine/bench-server.ts';
import { ip } from '../engine/packets.ts';
import { countAssigned, discover, release, renew, request, serverFor } from '../engine/queries.ts';
import { TestClock } from '../engine/test-clock.ts';
import { needRootAnd } from '../support/need.ts';

const IDENTIFIER = 0x4711;
/** Turns in which whatever is on its way on the loopback arrives. */
const TURNS = 200;

/** What of the answers gets through. */
type Hearing = 'all' | 'unreachables' | 'nothing';

/** Lets through what tells that a request was not delivered, and nothing else. */
function hearUnreachables(fd: number): void {
  const program = [
    { code: Bpf.loadHeaderLength, operand: 0 },
    { code: Bpf.loadOctetAtX, operand: 0 },
    { code: Bpf.jumpIfEqual, operand: 3, ifFalse: 1 },
    { code: Bpf.returnOperand, operand: 0xffffffff },
    { code: Bpf.returnOperand, operand: 0 },
  ];
  attachProgram(fd, 1, 26, program, 'cannot filter');
}

function configured(pool: string, parameters: object = {}, subnet: object = {}) {
  return {
    'hooks-libraries': [{ library: 'libdhcp_ping_check.so', parameters }],
    subnet4: [
      {
        id: 1,
        subnet: `${pool.split('.').slice(0, 3).join('.')}.0/24`,
        pools: [{ pool }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
        ...subnet,
      },
    ],
  };
}

function start(t: Pick<Test, 'teardown'>, dhcp4: Record<string, unknown>, hearing: Hearing = 'all') {
  const socket = openEchoSocket(IDENTIFIER);
  if (hearing === 'unreachables') hearUnreachables(socket.fd);
  t.teardown(() => closeFd(socket.fd));
  const reports = allocateReports();
  const clock = new TestClock();
  const identifier = hearing === 'nothing' ? IDENTIFIER + 1 : IDENTIFIER;
  const server = serverFor(t, dhcp4, { clock, ping: { socket: { ...socket, identifier }, reports } });
  return { server, clock, socket, reports: new Int32Array(reports) };
}

/** The answers after whatever arrives has arrived. */
function settle(server: BenchServer, until: () => boolean = () => false) {
  for (let turn = 0; turn < TURNS && !until(); turn++) server.turn();
  server.makeDurable();
  return server.replies().map(({ yiaddr }) => yiaddr);
}

t.test('an address that somebody answers at is declined, and its offer never leaves', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server, reports } = start(t, configured('127.0.7.10 - 127.0.7.11'));
  for (const declined of [1, 2]) {
    t.equal(server.ask(discover(1)), null);
    t.same(
      settle(server, () => server.statistic('declined-addresses') === declined),
      [],
    );
    t.equal(server.statistic('tandem-drop-address-in-use'), declined);
    t.equal(server.subnetStatistic('subnet[1].declined-addresses'), declined);
    t.equal(server.subnetStatistic('subnet[1].assigned-addresses'), countAssigned(server));
  }
  t.match(server.lease('127.0.7.10'), {
    state: LeaseState.declined,
    validLifetimeSec: 86_400,
    hwAddress: [],
  });
  t.same([...reports.subarray(ReportWord.count, ReportWord.first + 2)], [2, 0x7f00070a, 0x7f00070b]);
  t.equal(server.ask(discover(1)), null);
  t.equal(server.statistic('tandem-drop-no-address'), 1);
});

t.test('silence: so many requests, each with its time, then the offer leaves', async (t) => {
  if (!needRootAnd(t, [])) return;
  const parameters = { 'min-ping-requests': 3, 'reply-timeout': 200 };
  const { server, clock } = start(t, configured('127.0.7.10 - 127.0.7.11', parameters), 'nothing');
  t.equal(server.ask(discover(1)), null);
  for (const sent of [1, 2, 3]) {
    t.equal(server.statistic('tandem-ping-sent'), sent);
    clock.pass(0.19);
    t.same(settle(server), []);
    clock.pass(0.02);
    if (sent < 3)
      t.same(
        settle(server, () => server.statistic('tandem-ping-sent') > sent),
        [],
      );
  }
  t.same(
    settle(server, () => server.statistic('pkt4-offer-sent') === 1),
    ['127.0.7.10'],
  );
  t.equal(server.statistic('tandem-ping-unanswered'), 1);
  t.equal(server.lease('127.0.7.10')?.state, LeaseState.offered);
});

t.test('a client that asks again meanwhile waits for the one check', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server, clock } = start(t, configured('127.0.7.10 - 127.0.7.11'), 'nothing');
  server.ask(discover(1));
  server.ask(discover(1));
  t.equal(server.statistic('tandem-drop-ping-pending'), 1);
  t.equal(server.statistic('tandem-ping-sent'), 1);
  server.ask(discover(2));
  t.equal(server.statistic('tandem-ping-sent'), 2, 'another client is offered another address');
  clock.pass(0.2);
  t.same(settle(server, () => server.statistic('pkt4-offer-sent') === 2).length, 2);
});

t.test('what needs no check: a lease of its own, one it had lately, a reserved address', async (t) => {
  if (!needRootAnd(t, [])) return;
  const reservations = [{ 'hw-address': '02:00:00:00:00:09', 'ip-address': '127.0.7.12' }];
  const { server, clock } = start(t, configured('127.0.7.10 - 127.0.7.12', {}, { reservations }), 'nothing');
  t.equal(server.ask(discover(9))?.yiaddr, '127.0.7.12');
  server.ask(discover(1));
  clock.pass(0.2);
  settle(server, () => server.statistic('pkt4-offer-sent') === 2);
  server.ask(request(1, '127.0.7.10'));
  t.equal(server.ask(discover(1))?.yiaddr, '127.0.7.10', 'its lease');
  server.ask(release(1, '127.0.7.10'));
  clock.pass(59);
  t.equal(server.ask(discover(1))?.yiaddr, '127.0.7.10', 'given back 59 s ago');
  t.equal(server.statistic('tandem-ping-sent'), 1);
  server.ask(request(1, '127.0.7.10'));
  server.ask(release(1, '127.0.7.10'));
  clock.pass(61);
  t.equal(server.ask(discover(1)), null, 'given back 61 s ago');
  t.equal(server.statistic('tandem-ping-sent'), 2);
});

t.test('an address that became a lease meanwhile is not declined', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server } = start(t, configured('127.0.7.10 - 127.0.7.11', {}, { 'offer-lifetime': 60 }));
  server.post(discover(1));
  server.post(request(1, '127.0.7.10'));
  settle(server, () => server.statistic('tandem-drop-address-in-use') === 1);
  t.equal(server.statistic('tandem-drop-address-in-use'), 1);
  t.match(server.lease('127.0.7.10'), { state: LeaseState.assigned, validLifetimeSec: 3600 });
  t.equal(server.ask(renew(1, '127.0.7.10'))?.yiaddr, '127.0.7.10');
});

t.test('an offer that is a lease for a while is declined too', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server } = start(t, configured('127.0.7.10 - 127.0.7.11', {}, { 'offer-lifetime': 60 }));
  server.ask(discover(1));
  settle(server, () => server.statistic('declined-addresses') === 1);
  t.equal(server.lease('127.0.7.10')?.state, LeaseState.declined);
  t.equal(server.statistic('assigned-addresses'), 1);
});

t.test('an address that cannot be asked is offered', async (t) => {
  if (!needRootAnd(t, [])) return;
  const broadcast = start(t, configured('127.255.255.255 - 127.255.255.255'));
  t.equal(broadcast.server.ask(discover(1))?.yiaddr, '127.255.255.255');
  t.equal(broadcast.server.statistic('tandem-ping-send-failed'), 1);
});

/** What a router says of a request that it could not deliver. @returns whether the kernel took it */
function sendUnreachable(socket: EchoSocket, target: string, identifier: number, sequence: number): boolean {
  const sender = new DatagramSender(1, 64, 1);
  const header = [0x45, 0, 0, 36, 0, 0, 0, 0, 64, 1, 0, 0];
  const request = [8, 0, 0, 0, identifier >>> 8, identifier & 255, (sequence >>> 8) & 255, sequence & 255];
  const message = [3, 1, 0, 0, 0, 0, 0, 0, ...header, ...ip('127.0.0.1'), ...ip(target), ...request];
  sender.bytes.set(message);
  sender.queue(0, message.length, 0x7f000001, 0, socket.fd);
  return sender.flush() === 1;
}

t.test('what a router says ends a check, and what is not about it does not', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server, socket } = start(
    t,
    configured('127.0.7.10 - 127.0.7.11', { 'reply-timeout': 5000 }),
    'unreachables',
  );
  server.ask(discover(1));
  t.ok(sendUnreachable(socket, '127.0.7.11', IDENTIFIER, 1 << 9), 'another address');
  t.ok(sendUnreachable(socket, '127.0.7.10', IDENTIFIER, 2 << 9), 'another request');
  t.ok(sendUnreachable(socket, '127.0.7.10', IDENTIFIER + 1, 1 << 9), 'another program');
  t.same(settle(server), []);
  t.ok(sendUnreachable(socket, '127.0.7.10', IDENTIFIER, 1 << 9));
  t.same(
    settle(server, () => server.statistic('tandem-ping-unreachable') === 1),
    ['127.0.7.10'],
  );
});

t.test('a shard that is to stop waits for no answer', async (t) => {
  if (!needRootAnd(t, [])) return;
  const parameters = { 'reply-timeout': 60_000 };
  const { server } = start(t, configured('127.0.7.10 - 127.0.7.11', parameters), 'nothing');
  server.ask(discover(1));
  server.restart();
  t.equal(server.statistic('tandem-drop-ping-abandoned'), 1);
  server.ask(discover(1));
  t.equal(server.statistic('tandem-ping-sent'), 2, 'the next one asks anew');
});

t.test('checks are bounded, and a change of policy drops them', async (t) => {
  if (!needRootAnd(t, [])) return;
  const { server } = start(
    t,
    configured('127.1.0.0 - 127.1.15.255', {}, { subnet: '127.1.0.0/16' }),
    'nothing',
  );
  for (let client = 1; client <= 520; client++) server.ask(discover(client));
  t.equal(server.statistic('tandem-ping-sent'), 512);
  t.equal(server.statistic('tandem-drop-ping-full'), 8);
  server.policy({});
  server.turn();
  t.equal(server.statistic('tandem-drop-ping-abandoned'), 512);
  server.ask(discover(1));
  t.equal(server.statistic('tandem-ping-sent'), 513);
});

t.test('a subnet that is not checked, and a library that checks nothing but one subnet', async (t) => {
  if (!needRootAnd(t, [])) return;
  const off = { 'user-context': { 'ping-check': { 'enable-ping-check': false } } };
  t.ok(start(t, configured('127.0.7.10 - 127.0.7.11', {}, off)).server.ask(discover(1)));
  const on = { 'user-context': { 'ping-check': { 'enable-ping-check': true } } };
  const { server } = start(
    t,
    configured('127.0.7.10 - 127.0.7.11', { 'enable-ping-check': false }, on),
    'nothing',
  );
  t.equal(server.ask(discover(1)), null);
});
