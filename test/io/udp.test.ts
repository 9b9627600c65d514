import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { DatagramReceiver } from '../../src/io/mmsg.ts';
import { Poller } from '../../src/io/poll.ts';
import { attachClientSteering, closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';

const LOOPBACK = 0x7f000001;
/** TEST-NET-1: on no interface. */
const ELSEWHERE = 0xc0000201;

async function openClient(): Promise<Socket> {
  const client = createSocket('udp4');
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  return client;
}

function send(client: Socket, bytes: Uint8Array, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
  });
}

t.test('a socket on port 0 has a port of the kernel, receives, and does not block', async (t) => {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  const client = await openClient();
  t.teardown(() => {
    closeFd(fd);
    client.close();
  });
  const port = localPort(fd);
  t.ok(port > 0 && port < 65536);
  const memory = new ArrayBuffer(512);
  const receiver = new DatagramReceiver(memory, 0, 512, 1);
  t.equal(receiver.receive(fd), 0, 'returns at once when nothing is there');
  await send(client, new TextEncoder().encode('hello'), port);
  t.equal(new Poller([fd]).wait(5000), 1);
  t.equal(receiver.receive(fd), 1);
  t.equal(new TextDecoder().decode(new Uint8Array(memory, 0, receiver.length(0))), 'hello');
  t.equal(receiver.sourceAddress(0), LOOPBACK);
  t.equal(receiver.sourcePort(0), client.address().port);
});

t.test('an address in use is an error that tells of another DHCP server', async (t) => {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  t.teardown(() => closeFd(fd));
  const port = localPort(fd);
  t.throws(() => openUdpSocket({ address: LOOPBACK, port }), {
    code: 'EADDRINUSE',
    message: new RegExp(`^cannot open UDP socket 127\\.0\\.0\\.1:${port}: EADDRINUSE: .*another DHCP server`),
  });
});

t.test('an address of no interface is an error that says so', async (t) => {
  t.throws(() => openUdpSocket({ address: ELSEWHERE, port: 0 }), {
    code: 'EADDRNOTAVAIL',
    message: /192\.0\.2\.1:0: EADDRNOTAVAIL: no interface of this machine has that address/,
  });
});

t.test('an interface that does not exist is an error that names it', async (t) => {
  for (const interfaceName of ['tdm-none0', '', 'a-name-of-more-than-fifteen-octets']) {
    t.throws(() => openUdpSocket({ address: 0, port: 0, interfaceName }), {
      code: 'ENODEV',
      message: new RegExp(`on interface ${interfaceName}: ENODEV: there is no such interface`),
    });
  }
});

t.test('a failed open closes its descriptor', async (t) => {
  const before = openUdpSocket({ address: LOOPBACK, port: 0 });
  closeFd(before);
  for (let i = 0; i < 100; i++) t.throws(() => openUdpSocket({ address: ELSEWHERE, port: 0 }));
  const after = openUdpSocket({ address: LOOPBACK, port: 0 });
  closeFd(after);
  t.equal(after, before, 'the lowest free descriptor is the same');
});

t.test('a socket bound to an interface receives there', async (t) => {
  const fd = openUdpSocket({ address: 0, port: 0, interfaceName: 'lo' });
  const client = await openClient();
  t.teardown(() => {
    closeFd(fd);
    client.close();
  });
  await send(client, new Uint8Array(3), localPort(fd));
  t.equal(new Poller([fd]).wait(5000), 1);
});

t.test('the receive buffer holds what was asked for', async (t) => {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0, receiveBufferBytes: 150_000 });
  const small = openUdpSocket({ address: LOOPBACK, port: 0, receiveBufferBytes: 4_096 });
  const client = await openClient();
  t.teardown(() => {
    closeFd(fd);
    closeFd(small);
    client.close();
  });
  const held = async (socket: number): Promise<number> => {
    for (let i = 0; i < 64; i++) await send(client, new Uint8Array(1000), localPort(socket));
    return new DatagramReceiver(new ArrayBuffer(64 * 1000), 0, 1000, 64).receive(socket);
  };
  t.equal(await held(fd), 64);
  t.ok((await held(small)) < 10, 'a small one drops');
});

t.test('closing a descriptor that is not open is an error', async (t) => {
  t.throws(() => closeFd(-1), { code: 'EBADF' });
  t.throws(() => localPort(-1), { code: 'EBADF' });
});

function discoverOf(hardwareAddress: number): Uint8Array {
  const bytes = new Uint8Array(300);
  const view = new DataView(bytes.buffer);
  view.setUint16(28, 0x0200);
  view.setUint32(30, hardwareAddress);
  // What a port or a transaction would hash to must not matter.
  view.setUint32(4, (hardwareAddress * 7919) >>> 0);
  return bytes;
}

/** The program of steering.ts in plain arithmetic. */
function expectedShard(hardwareAddress: number, shards: number): number {
  return (Math.imul(hardwareAddress, 0x9e3779b1) >>> 16) % shards;
}

t.test('steering gives every datagram of a client to the same socket of the group', async (t) => {
  const shards = 3;
  const first = openUdpSocket({ address: LOOPBACK, port: 0, reusePort: true });
  const port = localPort(first);
  const fds = [first];
  while (fds.length < shards) fds.push(openUdpSocket({ address: LOOPBACK, port, reusePort: true }));
  attachClientSteering(first, shards);
  const clients = await Promise.all(Array.from({ length: 8 }, openClient));
  t.teardown(() => {
    fds.forEach(closeFd);
    for (const client of clients) client.close();
  });
  // Only even addresses: without mixing, an even number of sockets would use half of them.
  const addresses = Array.from({ length: 100 }, (_, i) => (0x0c000000 + i * 2) >>> 0);
  for (const [i, address] of addresses.entries()) {
    for (let repeat = 0; repeat < 3; repeat++) {
      await send(clients[(i + repeat) % clients.length]!, discoverOf(address), port);
    }
  }
  const receiver = new DatagramReceiver(new ArrayBuffer(512 * 400), 0, 512, 400);
  const seen = fds.map((fd) => receiver.receive(fd));
  const wanted = fds.map((_, s) => addresses.filter((a) => expectedShard(a, shards) === s).length * 3);
  t.same(seen, wanted);
  t.ok(
    seen.every((count) => count > 60),
    `spread evenly: ${seen}`,
  );
});

t.test('a datagram too short for a hardware address is steered to the first socket', async (t) => {
  const first = openUdpSocket({ address: LOOPBACK, port: 0, reusePort: true });
  const second = openUdpSocket({ address: LOOPBACK, port: localPort(first), reusePort: true });
  attachClientSteering(second, 2);
  const clients = await Promise.all(Array.from({ length: 8 }, openClient));
  t.teardown(() => {
    closeFd(first);
    closeFd(second);
    for (const client of clients) client.close();
  });
  for (const client of clients) await send(client, new Uint8Array(33), localPort(first));
  const receiver = new DatagramReceiver(new ArrayBuffer(512 * 16), 0, 512, 16);
  t.equal(receiver.receive(first), 8);
  t.equal(receiver.receive(second), 0);
});

t.test('steering needs a socket that may share its port', async (t) => {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  t.teardown(() => closeFd(fd));
  t.throws(() => attachClientSteering(fd, 2), { message: /cannot steer clients over 2 sockets/ });
  t.throws(() => attachClientSteering(fd, 0), { message: /1\.\.65535/ });
});
