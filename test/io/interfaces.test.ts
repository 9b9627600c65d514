import t from 'tap';
import { type Ipv4Interface, listIpv4Interfaces, resolveInterfaces } from '../../src/io/interfaces.ts';

function entry(name: string, address: number, loopback = false): Ipv4Interface {
  return { name, address, netmask: 0xffffff00, broadcast: !loopback, loopback };
}

const lo = entry('lo', 0x7f000001, true);
const eth0 = entry('eth0', 0x0a000001);
const eth0Second = entry('eth0', 0x0a000002);
const eth1 = entry('eth1', 0xc0a80001);
const machine = [lo, eth0, eth0Second, eth1];

t.test('this machine has its loopback interface', async (t) => {
  const found = listIpv4Interfaces().find((each) => each.address === 0x7f000001);
  t.same(found, { name: 'lo', address: 0x7f000001, netmask: 0xff000000, broadcast: false, loopback: true });
});

t.test('"*" is every interface but loopback', async (t) => {
  t.same(resolveInterfaces([{ name: '*', address: null }], machine), [eth0, eth0Second, eth1]);
});

t.test('loopback is served when it is named', async (t) => {
  t.same(resolveInterfaces([{ name: 'lo', address: null }], machine), [lo]);
  t.same(
    resolveInterfaces(
      [
        { name: 'lo', address: null },
        { name: '*', address: null },
      ],
      machine,
    ),
    [lo, eth0, eth0Second, eth1],
  );
});

t.test('a name is all its addresses, a name with an address is that one', async (t) => {
  t.same(resolveInterfaces([{ name: 'eth0', address: null }], machine), [eth0, eth0Second]);
  t.same(resolveInterfaces([{ name: 'eth0', address: 0x0a000002 }], machine), [eth0Second]);
});

t.test('an address that is named twice is served once', async (t) => {
  const configured = [
    { name: 'eth1', address: null },
    { name: '*', address: null },
    { name: 'eth1', address: 0xc0a80001 },
  ];
  t.same(resolveInterfaces(configured, machine), [eth1, eth0, eth0Second]);
});

t.test('an empty list opens nothing', async (t) => {
  t.same(resolveInterfaces([], machine), []);
});

t.test('an unknown interface is an error that says which exist', async (t) => {
  t.throws(() => resolveInterfaces([{ name: 'tdm9', address: null }], machine), {
    message: 'interfaces-config: there is no interface tdm9; interfaces with an IPv4 address: lo, eth0, eth1',
  });
});

t.test('an interface without an IPv4 address is told from one that is not there', async (t) => {
  t.throws(() => resolveInterfaces([{ name: 'lo', address: null }], []), {
    message: /interface lo is down or has no IPv4 address; .*: none$/,
  });
});

t.test('an address that the interface does not have is an error that says which it has', async (t) => {
  t.throws(() => resolveInterfaces([{ name: 'eth0', address: 0xc0a80001 }], machine), {
    message: 'interfaces-config: interface eth0 has no address 192.168.0.1; it has 10.0.0.1, 10.0.0.2',
  });
});
