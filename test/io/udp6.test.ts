import { networkInterfaces } from 'node:os';
import t from 'tap';
import { parseIpv6 } from '../../src/base/ipv6-text.ts';
import { Datagram6Receiver, Datagram6Sender } from '../../src/io/mmsg6.ts';
import { Poller } from '../../src/io/poll.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { openUdp6Socket, openUdp6Sockets, type Udp6SocketOptions } from '../../src/io/udp6.ts';

const LOOPBACK = parseIpv6('::1')!;
const ANY = parseIpv6('::')!;
/** Documentation: on no interface. */
const ELSEWHERE = parseIpv6('2001:db8::1')!;
const LINK_LOCAL = parseIpv6('fe80::1')!;
const LINK_GROUP = parseIpv6('ff02::1:2')!;
const SITE_GROUP = parseIpv6('ff05::1:3')!;
const LO = { name: 'lo', index: 1 };
const NOBODY = { name: 'tdm-none0', index: 0x7fff_fff0 };
const onLoopback: Udp6SocketOptions = { address: LOOPBACK, port: 0, link: null };

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ family }) => family === 'IPv6'),
);
const skip = hasIpv6 ? false : 'this machine has no IPv6';

t.test('a socket hears its address, does not block, and IPv4 is not its business', { skip }, async (t) => {
  const fd = openUdp6Socket({ ...onLoopback, address: ANY });
  const client = openUdp6Socket(onLoopback);
  const port = localPort(fd);
  const beside = openUdpSocket({ address: 0, port });
  t.teardown(() => [fd, client, beside].forEach(closeFd));
  const receiver = new Datagram6Receiver(new ArrayBuffer(64), 0, 64, 1);
  t.equal(receiver.burst.receive(fd), 0, 'returns at once when nothing is there');
  const sender = new Datagram6Sender(1, 64, 1);
  sender.queue(0, 5, LOOPBACK, 0, port, 0, client);
  t.equal(sender.line.flush(), 1);
  t.equal(new Poller([fd]).wait(5000), 1);
  t.equal(receiver.burst.receive(fd), 1);
  t.equal(receiver.sourcePort(0), localPort(client));
});

t.test('an address in use is an error that tells of another DHCP server', { skip }, async (t) => {
  const fd = openUdp6Socket(onLoopback);
  t.teardown(() => closeFd(fd));
  const port = localPort(fd);
  t.throws(() => openUdp6Socket({ ...onLoopback, port }), {
    code: 'EADDRINUSE',
    message: new RegExp(`^cannot open UDP socket \\[::1\\]:${port}: EADDRINUSE: .*another DHCP server`),
  });
  t.throws(() => openUdp6Socket({ ...onLoopback, port, reuseAddress: true }), { code: 'EADDRINUSE' });
});

t.test('those who all let others have the address share it', { skip }, async (t) => {
  for (const share of [{ reuseAddress: true }, { reusePort: true }]) {
    const first = openUdp6Socket({ ...onLoopback, ...share });
    const second = openUdp6Socket({ ...onLoopback, ...share, port: localPort(first) });
    t.equal(localPort(second), localPort(first));
    closeFd(first);
    closeFd(second);
  }
});

t.test('an address of no interface is an error that says so', { skip }, async (t) => {
  t.throws(() => openUdp6Socket({ ...onLoopback, address: ELSEWHERE }), {
    code: 'EADDRNOTAVAIL',
    message: /\[2001:db8::1\]:0: EADDRNOTAVAIL: no interface has that address, or not yet/,
  });
});

t.test('what means something on one link only needs its interface', { skip }, async (t) => {
  for (const address of [LINK_LOCAL, LINK_GROUP, SITE_GROUP])
    t.throws(() => openUdp6Socket({ ...onLoopback, address }), {
      code: 'EINVAL',
      message: /EINVAL: a link-local address or group needs its interface; name it in interfaces-config/,
    });
});

t.test('an interface that does not exist is an error that names it', { skip }, async (t) => {
  for (const address of [ANY, LINK_LOCAL, LINK_GROUP, SITE_GROUP])
    t.throws(() => openUdp6Socket({ address, port: 0, link: NOBODY }), {
      code: 'ENODEV',
      message: /on interface tdm-none0: ENODEV: there is no such interface; correct interfaces-config/,
    });
  const renamed = { name: 'tdm-none0', index: LO.index };
  t.throws(() => openUdp6Socket({ address: SITE_GROUP, port: 0, link: renamed }), { code: 'ENODEV' });
  const remade = { name: LO.name, index: NOBODY.index };
  t.throws(() => openUdp6Socket({ address: SITE_GROUP, port: 0, link: remade }), { code: 'ENODEV' });
});

t.test('an address with its groups is a socket each, all on one port', { skip }, async (t) => {
  const sockets = openUdp6Sockets({ ...onLoopback, link: LO }, [LINK_GROUP, SITE_GROUP]);
  t.teardown(() => {
    for (const { fd } of sockets) closeFd(fd);
  });
  t.same(
    sockets.map(({ address }) => address),
    [LOOPBACK, LINK_GROUP, SITE_GROUP],
  );
  t.equal(new Set(sockets.map(({ fd }) => localPort(fd))).size, 1);
  t.equal(openUdp6Sockets(onLoopback, []).map(({ fd }) => closeFd(fd)).length, 1, 'none is wanted');
});

t.test('a failed open closes its descriptors, also those of the sockets before it', { skip }, async (t) => {
  const before = openUdp6Socket(onLoopback);
  closeFd(before);
  for (let i = 0; i < 100; i++) {
    t.throws(() => openUdp6Socket({ ...onLoopback, address: ELSEWHERE }));
    t.throws(() => openUdp6Sockets({ ...onLoopback, link: LO }, [LINK_GROUP, LOOPBACK]), {
      code: 'EADDRINUSE',
    });
  }
  const after = openUdp6Socket(onLoopback);
  closeFd(after);
  t.equal(after, before, 'the lowest free descriptor is the same');
});

t.test('the receive buffer holds what was asked for', { skip }, async (t) => {
  const fd = openUdp6Socket({ ...onLoopback, receiveBufferBytes: 150_000 });
  const small = openUdp6Socket({ ...onLoopback, receiveBufferBytes: 4_096 });
  const client = openUdp6Socket(onLoopback);
  t.teardown(() => [fd, small, client].forEach(closeFd));
  const sender = new Datagram6Sender(64, 1000, 64);
  const held = (socket: number): number => {
    for (let slot = 0; slot < 64; slot++) sender.queue(slot, 1000, LOOPBACK, 0, localPort(socket), 0, client);
    sender.line.flush();
    return new Datagram6Receiver(new ArrayBuffer(64 * 1000), 0, 1000, 64).burst.receive(socket);
  };
  t.equal(held(fd), 64);
  t.ok(held(small) < 10, 'a small one drops');
});
