import t from 'tap';
import { planInterfaces, type SocketType } from '../../../src/app/sockets/interface-plan.ts';
import { SERVED_ADDRESSES_MAX } from '../../../src/app/sockets/plan-draft.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { NetworkInterface } from '../../../src/io/interfaces.ts';
import { link, named } from '../links.ts';

const lo = link('lo', 1, ['127.0.0.1'], { isLoopback: true, canBroadcast: false });
const eth0 = link('eth0', 2, ['10.0.0.1', '10.0.0.2']);
const eth1 = link('eth1', 3, ['192.168.0.1']);
const machine = [lo, eth0, eth1];

/** The addresses as "name#index address". */
function served(configured: readonly string[], available: readonly NetworkInterface[]): string[] {
  return planInterfaces(configured.map(named), available, 'udp').addresses.map(
    ({ link: { name, index }, address }) => `${name}#${index} ${address.toString(16)}`,
  );
}

function reasons(
  configured: readonly string[],
  available: readonly NetworkInterface[],
  socketType: SocketType = 'udp',
): string[] {
  return planInterfaces(configured.map(named), available, socketType).faults.map(({ reason }) => reason);
}

t.test('"*" is every interface but loopback', async (t) => {
  t.same(served(['*'], machine), ['eth0#2 a000001', 'eth0#2 a000002', 'eth1#3 c0a80001']);
});

t.test('loopback is served when it is named', async (t) => {
  t.same(served(['lo'], machine), ['lo#1 7f000001']);
  t.equal(served(['lo', '*'], machine).length, 4);
});

t.test('a name is all its addresses, a name with an address is that one', async (t) => {
  t.same(served(['eth0'], machine), ['eth0#2 a000001', 'eth0#2 a000002']);
  t.same(served(['eth0/10.0.0.2'], machine), ['eth0#2 a000002']);
});

t.test('an address that is named twice is served once, in the order of the configuration', async (t) => {
  t.same(served(['eth1', '*', 'eth1/192.168.0.1'], machine), [
    'eth1#3 c0a80001',
    'eth0#2 a000001',
    'eth0#2 a000002',
  ]);
});

t.test('an empty list plans nothing and misses nothing', async (t) => {
  t.same(planInterfaces([], machine, 'raw'), {
    socketType: 'raw',
    addresses: [],
    faults: [],
    missing: [],
    names: [],
    joining: { loopback: 0, elsewhere: 0 },
  });
});

t.test("what is wrong with an interface is said in Kea's words", async (t) => {
  const rows: readonly [string, NetworkInterface[], string][] = [
    ['eth9', machine, "interface 'eth9' doesn't exist in the system"],
    ['eth0/192.168.0.1', machine, "interface 'eth0' doesn't have address '192.168.0.1' assigned"],
    ['eth0', [{ ...eth0, isUp: false, isRunning: false }], 'the interface eth0 is down'],
    ['eth0', [{ ...eth0, isRunning: false }], 'the interface eth0 is not running'],
    ['eth0', [{ ...eth0, addresses: [] }], 'the interface eth0 has no usable IPv4 addresses configured'],
    ['eth0', [{ ...eth0, addresses: [], isUp: false, isRunning: false }], 'the interface eth0 is down'],
  ];
  for (const [name, available, reason] of rows) t.same(reasons([name], available), [reason]);
});

t.test('loopback is not served through raw sockets, whether it is named or an address of it', async (t) => {
  const reason = 'must not open socket on the loopback interface lo';
  for (const name of ['lo', 'lo/127.0.0.1']) {
    t.same(reasons([name], machine, 'raw'), [reason]);
    const { addresses, faults, missing } = planInterfaces([named(name)], machine, 'raw');
    t.same([addresses.length, missing.length, faults[0]?.isMissed], [0, 0, true]);
  }
  t.same(reasons(['*'], machine, 'raw'), [], 'nor is it what "*" stands for');
  t.equal(planInterfaces([named('*')], machine, 'raw').addresses.length, 3);
});

t.test('only what does not exist is missing', async (t) => {
  const missing = (name: string, available: readonly NetworkInterface[]): number =>
    planInterfaces([named(name)], available, 'udp').missing.length;
  t.equal(missing('eth9', machine), 1);
  t.equal(missing('eth0/10.0.0.9', machine), 1);
  t.equal(missing('eth0', [{ ...eth0, addresses: [], isUp: false }]), 0);
  t.equal(missing('*', []), 0);
});

t.test('an interface without carrier, or down, keeps its addresses in the plan', async (t) => {
  t.equal(served(['eth0'], [{ ...eth0, isUp: false, isRunning: false }]).length, 2);
});

t.test('nobody misses an interface that only "*" stands for, unless it is named as well', async (t) => {
  const down = [{ ...eth0, isUp: false, isRunning: false }];
  const isMissed = (configured: readonly string[]): boolean[] =>
    planInterfaces(configured.map(named), down, 'udp').faults.map((fault) => fault.isMissed);
  t.same(isMissed(['*']), [false]);
  t.same(isMissed(['eth0']), [true]);
  t.same(isMissed(['*', 'eth0']), [true]);
  t.same(isMissed(['eth0', '*']), [true]);
});

t.test('an interface made again under its name is another one to the plan', async (t) => {
  t.same(served(['eth1'], [{ ...eth1, index: 7 }]), ['eth1#7 c0a80001']);
});

t.test('two interfaces with the same address are both planned', async (t) => {
  const twin = link('eth2', 4, ['192.168.0.1']);
  t.same(served(['eth1', 'eth2'], [eth1, twin]), ['eth1#3 c0a80001', 'eth2#4 c0a80001']);
});

t.test('more addresses than can be served: the rest is a fault with a name', async (t) => {
  const many = Array.from({ length: SERVED_ADDRESSES_MAX + 5 }, (_, i) => parseIpv4('10.0.0.1')! + i);
  const plan = planInterfaces([named('*')], [{ ...eth0, addresses: many }], 'udp');
  t.equal(plan.addresses.length, SERVED_ADDRESSES_MAX);
  t.match(plan.faults, [{ interfaceName: 'eth0', reason: /beyond the 1024 addresses/, isMissed: true }]);
});
