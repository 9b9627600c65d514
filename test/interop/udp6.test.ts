/** IPv6 sockets on real links: which of them hears what, and when an address can be had. */
import t from 'tap';
import { formatIpv6, parseIpv6 } from '../../src/base/ipv6-text.ts';
import { Datagram6Receiver, Datagram6Sender } from '../../src/io/mmsg6.ts';
import { InterfaceNotices } from '../../src/io/rtnetlink.ts';
import { closeFd } from '../../src/io/udp.ts';
import { openUdp6Socket, openUdp6Sockets, type Udp6Socket } from '../../src/io/udp6.ts';
import { needRootAnd } from '../support/need.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { addressesUsable, interfaceOf, linkLocalOf } from './scene6.ts';
import { until } from './waiting.ts';

const GLOBAL = parseIpv6('2001:db8::1')!;
const LINK_GROUP = parseIpv6('ff02::1:2')!;
const SITE_GROUP = parseIpv6('ff05::1:3')!;
const SERVER_PORT = 547;
const CLIENT_PORT = 546;

/** A server on two cables, each with a client at its other end. */
async function createCables(t: Teardown): Promise<Network> {
  const network = createNetwork(t, {});
  network.connect('left', { server: { address: '2001:db8::1/64' }, a: { address: '2001:db8::2/64' } });
  network.connect('right', { server: { address: '2001:db8:1::1/64' }, b: { address: '2001:db8:1::2/64' } });
  await addressesUsable(network, [
    ['server', 'left'],
    ['server', 'right'],
    ['a', 'left'],
    ['b', 'right'],
  ]);
  return network;
}

/** Sockets of the server, by the address that they are bound to and their interface. */
function openServer(network: Network): Map<string, number> {
  const sockets = new Map<string, number>();
  const options = { port: SERVER_PORT, receiveBufferBytes: 100_000 };
  const take = (name: string, all: readonly Udp6Socket[]): void => {
    for (const { fd, address } of all) sockets.set(`${name} ${formatIpv6(address)}`, fd);
  };
  for (const name of ['left', 'right']) {
    const link = interfaceOf(network, 'server', name);
    const address = linkLocalOf(link);
    const all = network.inside('server', () =>
      openUdp6Sockets({ ...options, address, link }, [LINK_GROUP, SITE_GROUP]),
    );
    take(name, [{ fd: all[0]!.fd, address: parseIpv6('fe80::')! }, ...all.slice(1)]);
  }
  const fd = network.inside('server', () => openUdp6Socket({ ...options, address: GLOBAL, link: null }));
  take('any', [{ fd, address: GLOBAL }]);
  return sockets;
}

t.test('each socket hears what was sent to its address on its link, and says so', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const network = await createCables(t);
  const server = openServer(network);
  const near = interfaceOf(network, 'a', 'left');
  const far = interfaceOf(network, 'server', 'left');
  const client = network.inside('a', () =>
    openUdp6Socket({ address: linkLocalOf(near), port: CLIENT_PORT, link: near }),
  );
  t.teardown(() => {
    for (const fd of [...server.values(), client]) closeFd(fd);
  });
  const rows: readonly [string, Uint8Array][] = [
    ['left fe80::', linkLocalOf(far)],
    ['left ff02::1:2', LINK_GROUP],
    ['left ff05::1:3', SITE_GROUP],
    ['any 2001:db8::1', GLOBAL],
  ];
  const sender = new Datagram6Sender(1, 64, 1);
  const receiver = new Datagram6Receiver(new ArrayBuffer(256), 0, 64, 4);
  const bytes = new Uint8Array(16);
  for (const [socket, destination] of rows) {
    const scope = destination === GLOBAL || destination === SITE_GROUP ? 0 : near.index;
    sender.queue(0, 9, destination, 0, SERVER_PORT, scope, client);
    t.equal(sender.line.flush(), 1, `${formatIpv6(destination)}: errno ${sender.line.lastErrno}`);
    let count = 0;
    await until({ what: `a datagram to ${socket}`, timeoutMs: 10_000 }, () => {
      count = receiver.burst.receive(server.get(socket)!);
      return count > 0 ? true : null;
    });
    t.equal(count, 1);
    receiver.readDestination(0, bytes, 0);
    t.equal(formatIpv6(bytes), formatIpv6(destination));
    t.equal(receiver.interfaceIndex(0), far.index);
    receiver.readSource(0, bytes, 0);
    t.equal(formatIpv6(bytes), formatIpv6(linkLocalOf(near)));
    t.same([receiver.sourcePort(0), receiver.sourceScope(0)], [CLIENT_PORT, far.index]);
    for (const [name, fd] of server)
      t.equal(receiver.burst.receive(fd), 0, `${socket}: nothing at ${name} as well`);
  }
  sender.queue(0, 5, linkLocalOf(near), 0, CLIENT_PORT, far.index, server.get('left fe80::')!);
  t.equal(sender.line.flush(), 1);
  await until({ what: 'the answer', timeoutMs: 10_000 }, () =>
    receiver.burst.receive(client) === 1 ? true : null,
  );
  receiver.readSource(0, bytes, 0);
  t.equal(formatIpv6(bytes), formatIpv6(linkLocalOf(far)));
  t.equal(receiver.sourcePort(0), SERVER_PORT);
});

t.test('an address is listed before it can be had, and a notice comes when it can', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const network = await createCables(t);
  const [notices, others] = network.inside('server', () => [
    new InterfaceNotices(6),
    new InterfaceNotices(4),
  ]);
  t.teardown(() => {
    notices!.close();
    others!.close();
  });
  const added = '2001:db8::99';
  await network.run('server', 'ip', ['address', 'add', `${added}/64`, 'dev', 'left']);
  const isUsable = (): boolean | undefined =>
    interfaceOf(network, 'server', 'left').addresses.find(({ address }) => formatIpv6(address) === added)
      ?.isUsable;
  const open = (): number =>
    network.inside('server', () => openUdp6Socket({ address: parseIpv6(added)!, port: 547, link: null }));
  t.equal(isUsable(), false);
  t.throws(open, { code: 'EADDRNOTAVAIL', message: /\[2001:db8::99\]:547: EADDRNOTAVAIL: .* or not yet/ });
  let noticed = 0;
  await until({ what: 'the end of the detection', timeoutMs: 20_000 }, () => {
    if (notices!.take()) noticed++;
    return isUsable() === true ? true : null;
  });
  if (notices!.take()) noticed++;
  t.ok(noticed > 0);
  t.notOk(others!.take(), 'IPv4 has nothing to do with it');
  closeFd(open());
});
