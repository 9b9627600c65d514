import { networkInterfaces } from 'node:os';
import t from 'tap';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { listInterfaces } from '../../src/io/interfaces.ts';
import { InterfaceNotices } from '../../src/io/rtnetlink.ts';

t.test('this machine has its loopback interface', async (t) => {
  const lo = listInterfaces().find(({ name }) => name === 'lo');
  t.match(lo, { index: 1, isUp: true, isRunning: true, canBroadcast: false, isLoopback: true });
  t.ok(lo?.addresses.includes(0x7f000001));
});

t.test('what Node.js lists is listed too, with the same addresses', async (t) => {
  const listed = new Map(listInterfaces().map(({ name, addresses }) => [name, addresses.map(formatIpv4)]));
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    const wanted = (entries ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address);
    // An alias such as "eth0:1" is an address of its interface under another label.
    t.match(new Set(listed.get(name.split(':')[0]!)), new Set(wanted), name);
  }
});

t.test('each name and index is there once', async (t) => {
  const listed = listInterfaces();
  t.equal(new Set(listed.map(({ name }) => name)).size, listed.length);
  t.equal(new Set(listed.map(({ index }) => index)).size, listed.length);
});

t.test('without a change there is no notice, and asking does not block', async (t) => {
  const notices = new InterfaceNotices();
  t.teardown(() => notices.close());
  // Others may change something of this machine meanwhile.
  while (notices.take());
  t.pass('nothing has changed since');
});

t.test('lists leave no descriptor behind', async (t) => {
  const before = new InterfaceNotices();
  before.close();
  for (let i = 0; i < 2000; i++) listInterfaces();
  t.pass('a limit of 1,024 open files was not reached');
});
