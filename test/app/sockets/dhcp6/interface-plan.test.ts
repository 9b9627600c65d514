import t from 'tap';
import { planInterfaces6 } from '../../../../src/app/sockets/dhcp6/interface-plan.ts';
import { formatIpv6, parseIpv6 } from '../../../../src/base/ipv6-text.ts';
import type { InterfaceConfig6 } from '../../../../src/config/dhcp6/model.ts';
import type { NetworkInterface6 } from '../../../../src/io/interfaces.ts';
import { link } from '../../links.ts';

function link6(
  name: string,
  index: number,
  addresses: readonly string[],
  more: Partial<NetworkInterface6> = {},
): NetworkInterface6 {
  const all = addresses.map((address) => ({ index, address: parseIpv6(address)!, isUsable: true }));
  return { ...link(name, index, []), addresses: all, ...more };
}

/** "eth0" or "eth0/2001:db8::1". */
function named(text: string): InterfaceConfig6 {
  const [name = '', address] = text.split('/');
  return { name, address: address === undefined ? null : parseIpv6(address)! };
}

const lo = link6('lo', 1, ['::1'], { isLoopback: true, canMulticast: false });
const eth0 = link6('eth0', 2, ['2001:db8::1', 'fe80::1']);
const eth1 = link6('eth1', 3, ['fe80::2']);

/** "eth0 fe80::1 groups" for each socket, then what is wrong. */
function planOf(entries: readonly string[], links: readonly NetworkInterface6[]): string[] {
  const plan = planInterfaces6(entries.map(named), links);
  return [
    ...plan.addresses.map(
      ({ link: { name }, address, hasGroups }) =>
        `${name} ${formatIpv6(address)}${hasGroups ? ' groups' : ''}`,
    ),
    ...plan.faults.map(({ reason, isMissed }) => `${reason}${isMissed ? '' : ' (nobody misses it)'}`),
  ];
}

t.test('the link-local address hears the groups, and others are served where they are named', async (t) => {
  t.same(planOf(['eth0'], [lo, eth0, eth1]), ['eth0 fe80::1 groups']);
  t.same(planOf(['*'], [lo, eth0, eth1]), ['eth0 fe80::1 groups', 'eth1 fe80::2 groups']);
  t.same(planOf(['eth0/2001:db8::1'], [lo, eth0]), ['eth0 fe80::1 groups', 'eth0 2001:db8::1']);
  t.same(planOf(['*', 'eth0/2001:db8::1', 'eth0'], [lo, eth0]), ['eth0 fe80::1 groups', 'eth0 2001:db8::1']);
  t.same(planOf(['lo/::1'], [lo, eth0]), ['lo ::1'], 'loopback is served where it is named');
  t.same(planOf([], [lo, eth0]), []);
});

t.test('what cannot be served is said', async (t) => {
  t.same(planOf(['eth7'], [eth0]), ["interface 'eth7' doesn't exist in the system"]);
  t.same(planOf(['eth0/2001:db8::9'], [eth0]), [
    "interface 'eth0' doesn't have address '2001:db8::9' assigned",
  ]);
  t.same(planOf(['eth0'], [link6('eth0', 2, ['fe80::1'], { isUp: false })]), ['the interface eth0 is down']);
  t.same(planOf(['*'], [link6('eth0', 2, ['fe80::1'], { isRunning: false })]), [
    'the interface eth0 is not running (nobody misses it)',
  ]);
  t.same(planOf(['eth0'], [link6('eth0', 2, ['2001:db8::1'])]), [
    'the interface eth0 has no usable IPv6 addresses configured',
  ]);
  const { missing } = planInterfaces6([named('eth0'), named('eth7')], [eth0]);
  t.same(missing, [named('eth7')], 'to Kea an error at the start');
});
