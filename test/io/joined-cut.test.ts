/** Which interfaces are known to cut what is joined. */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { cutsJoined } from '../../src/io/joined-cut.ts';
import { listLinks } from '../../src/io/rtnetlink.ts';
import type { Link } from '../../src/io/rtnetlink-messages.ts';

type Known = Pick<Link, 'kind' | 'reachesOut' | 'bus' | 'device'>;
const VIRTIO = '/sys/bus/virtio/devices';

function cuts(known: Partial<Known>): boolean {
  const bare = { kind: '', reachesOut: false, bus: '', device: '' };
  const rest = {
    index: 1,
    name: 'x',
    hardwareType: 1,
    hardwareAddress: Buffer.alloc(0),
    flags: 0,
    mtu: 1500,
  };
  return cutsJoined({ ...rest, ...bare, ...known });
}

t.test('cards cut, and what lies over others of the list leaves it to them', async (t) => {
  const rows: readonly [string, Partial<Known>, boolean][] = [
    ['a card', { bus: 'pci', device: '0000:03:00.0' }, true],
    ['one on USB', { bus: 'usb', device: '1-1:1.0' }, true],
    ['a VLAN', { kind: 'vlan' }, true],
    ['a bond', { kind: 'bond' }, true],
    ['a bridge', { kind: 'bridge' }, true],
    ['a VLAN over an interface of another namespace', { kind: 'vlan', reachesOut: true }, false],
    ['veth', { kind: 'veth' }, false],
    ['veth into a container', { kind: 'veth', reachesOut: true }, false],
    ['macvlan', { kind: 'macvlan' }, false],
    ['a tunnel', { kind: 'wireguard' }, false],
    ['tun and tap', { kind: 'tun' }, false],
    ['no device behind it, or an older kernel', {}, false],
    ['of Hyper-V', { bus: 'vmbus', device: 'f8b3781b' }, false],
    ['of Xen', { bus: 'xen', device: 'vif-0' }, false],
    ['virtio of which nothing is known', { bus: 'virtio', device: 'virtio99999' }, false],
  ];
  for (const [what, known, wanted] of rows) t.equal(cuts(known), wanted, what);
});

t.test('a virtio card cuts unless its host takes joined datagrams', async (t) => {
  const devices = listLinks().filter(({ bus }) => bus === 'virtio');
  if (devices.length === 0) t.comment('this machine has none');
  for (const { bus, device } of devices) {
    const features = readFileSync(`${VIRTIO}/${device}/features`, 'latin1');
    t.equal(cuts({ bus, device }), features[56] === '0', features);
  }
});

t.test('the kernel says what kind an interface is and what is behind it', async (t) => {
  const links = listLinks();
  t.match(
    links.find(({ name }) => name === 'lo'),
    { kind: '', bus: '', device: '', reachesOut: false },
  );
  for (const { name, bus, device } of links.filter((each) => each.bus !== ''))
    t.ok(readdirSync(`/sys/bus/${bus}/devices`).includes(device), name);
});
