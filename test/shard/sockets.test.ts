/** A running shard is given other sockets between two turns. */
import t from 'tap';
import { ShardWord } from '../../src/engine/parked/shard-link.ts';
import type { ServerSocket } from '../../src/engine/query.ts';
import { closeFd, openUdpSocket } from '../../src/io/udp.ts';
import {
  allocateSocketTable,
  readSocketTable,
  SOCKETS_MAX,
  writeSocketTable,
} from '../../src/shard/dhcp4/socket-table.ts';
import type { BenchServer } from '../engine/bench-server.ts';
import { discover, renew, request, serverFor } from '../engine/queries.ts';

const LOOPBACK = 0x7f000001;

function socket(fd: number, more: Partial<ServerSocket> = {}): ServerSocket {
  const common = { address: LOOPBACK, interfaceName: 'lo', broadcast: false, joinMax: 0 };
  return { fd, ...common, replyFd: fd, broadcastFd: fd, raw: null, ...more };
}

function taken(server: BenchServer): number {
  return Atomics.load(new Int32Array(server.link.words), ShardWord.socketsTaken);
}

t.test('a table gives back what was written, also after a longer one', async (t) => {
  const table = allocateSocketTable();
  const full = Array.from({ length: SOCKETS_MAX }, (_, i) =>
    socket(i, {
      interfaceName: `interface${i}`,
      address: 0xfffffffe,
      broadcast: i % 2 === 0,
      replyFd: -i,
      joinMax: i,
      raw: i % 3 === 0 ? null : { mtu: 65535 + i, port: 67, shadowFd: i },
    }),
  );
  for (const sockets of [full, [socket(7, { interfaceName: 'fifteen-octets-' })], [], full.slice(0, 3)]) {
    writeSocketTable(table, sockets);
    t.strictSame(readSocketTable(table), sockets);
  }
  t.throws(() => writeSocketTable(table, [...full, socket(1)]), /fit the table/);
  t.throws(() => writeSocketTable(table, [socket(1, { interfaceName: 'sixteen-octets--' })]), /name/);
});

t.test('a shard says which sockets it works with, from its first moment on', async (t) => {
  const server = serverFor(t);
  t.equal(taken(server), 0);
  server.giveSockets([server.socket]);
  t.equal(taken(server), 0, 'not before its next turn');
  server.turn();
  t.equal(taken(server), 1);
  server.giveSockets([server.socket]);
  server.restart();
  t.equal(taken(server), 2, 'a new one begins with what was given last');
});

t.test('a query that waits in a socket that stays is served after the change', async (t) => {
  const server = serverFor(t);
  const other = openUdpSocket({ address: LOOPBACK, port: 0 });
  t.teardown(() => closeFd(other));
  server.post(discover(1));
  server.giveSockets([socket(other), server.socket]);
  server.turn();
  t.equal(server.replies().length, 1);
});

t.test(
  'a socket that is taken away is not read any more, and is read again when it is given again',
  async (t) => {
    const server = serverFor(t);
    server.giveSockets([]);
    server.turn();
    server.post(discover(1));
    server.turn();
    t.same(server.replies(), []);
    server.giveSockets([server.socket]);
    server.turn();
    t.equal(server.replies().length, 1);
  },
);

t.test('a parked reply leaves by its socket when that stays', async (t) => {
  const server = serverFor(t);
  const offer = server.ask(discover(1))!;
  server.send(request(1, offer.yiaddr));
  server.giveSockets([server.socket]);
  server.turn();
  server.makeDurable();
  t.equal(server.replies()[0]?.yiaddr, offer.yiaddr);
});

t.test('a parked reply never leaves by another socket that has the number of its own', async (t) => {
  const server = serverFor(t);
  const open = (): number => openUdpSocket({ address: LOOPBACK, port: 0, broadcast: true });
  const gone = open();
  server.giveSockets([{ ...server.socket, replyFd: gone, broadcastFd: gone }]);
  const offer = server.ask(discover(1))!;
  server.send(request(1, offer.yiaddr));
  server.giveSockets([server.socket]);
  server.turn();
  closeFd(gone);
  const reused = open();
  t.teardown(() => closeFd(reused));
  t.equal(reused, gone, 'the kernel gives the lowest free number');
  server.makeDurable();
  t.same(server.replies(), []);
  t.equal(server.statistic('tandem-drop-socket-gone'), 1);
  t.equal(
    server.ask(renew(1, offer.yiaddr))?.yiaddr,
    offer.yiaddr,
    'the lease is good: the client asks again',
  );
});

t.test('sockets change a thousand times under load: every query is answered', async (t) => {
  const relay = { 'ip-addresses': ['127.0.0.1'] };
  const subnet = { id: 1, subnet: '10.0.0.0/16', pools: [{ pool: '10.0.1.0/24' }], relay };
  const server = serverFor(t, { subnet4: [subnet] });
  let answered = 0;
  for (let i = 0; i < 1000; i++) {
    const other = openUdpSocket({ address: LOOPBACK, port: 0 });
    server.post(discover(i % 200));
    server.giveSockets(i % 2 === 0 ? [socket(other), server.socket] : [server.socket, socket(other)]);
    server.turn();
    answered += server.replies().length;
    server.giveSockets([server.socket]);
    server.turn();
    closeFd(other);
  }
  t.equal(answered, 1000);
});
