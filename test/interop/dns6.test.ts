/** Names of DHCPv6 clients reach DNS: Tandem, Debian's kea-dhcp-ddns and BIND. */
import t from 'tap';
import { ip6 } from '../engine/dhcp6/config.ts';
import { needRootAnd } from '../support/need.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import type { Step } from './differential6/steps.ts';
import { startDns } from './dns-server.ts';
import { temporaryDirectory } from './leftovers.ts';
import { address, fqdn, labels, prefix, step } from './names6/steps.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { ADDRESS6, addressesUsable, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6 } from './server6.ts';

const SETTINGS = {
  // What is put behind a message must not be answered before it, out of a fresh lease.
  'cache-max-age': 0,
  'server-id': SERVER_ID,
  'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }],
  'dhcp-ddns': { 'enable-updates': true },
  'ddns-qualifying-suffix': 'example.com',
  'expired-leases-processing': { 'reclaim-timer-wait-time': 1 },
};
const SHORT = { 'valid-lifetime': 4, 'preferred-lifetime': 3 };

const none = (data: readonly string[]): boolean => data.length === 0;
const only =
  (wanted: string) =>
  (data: readonly string[]): boolean =>
    data.length === 1 && data[0] === wanted;

/** "1.0.0.….ip6.arpa" */
function reversed(text: string): string {
  const digits = Buffer.from(ip6(text)).toString('hex');
  return `${[...digits].reverse().join('.')}.ip6.arpa`;
}

async function startScene(t: Teardown) {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: { server1: { address: ADDRESS6.server1 }, load: { address: ADDRESS6.load } },
  });
  await addressesUsable(network, [
    ['server1', SERVERS_SEGMENT],
    ['load', SERVERS_SEGMENT],
  ]);
  const dns = await startDns(network, 'server1', directory);
  const classes = [{ name: 'short', test: 'substring(option[1].hex, 9, 1) == 0x09', ...SHORT }];
  const dhcp6 = { ...SETTINGS, 'client-classes': classes, subnet6: [nearSubnet6()] };
  const server = createServer6(network, SUBJECT, { name: 'server1', directory, dhcp6 });
  await server.start();
  return { network, server, dns };
}

async function tell(network: Network, ...steps: Step[]): Promise<void> {
  const replies = await playSteps(network, steps);
  if (replies.includes(null)) throw new Error('a message is not answered');
}

t.test('names of DHCPv6 clients come, change and go with their leases', async (t) => {
  if (!needRootAnd(t, ['ip', 'kea-dhcp-ddns', 'named', 'dig'])) return;
  const { dns, network, server } = await startScene(t);
  const home = '2001:db8:1::1001';
  const own = address('1001');

  await tell(network, step('request', 1, [own, prefix()], fqdn(1, labels('Laptop'))));
  await dns.has('laptop.example.com', 'AAAA', only(home));
  await dns.has(reversed(home), 'PTR', only('laptop.example.com.'));
  t.match(await dns.query('laptop.example.com', 'DHCID'), [/^AAI/], 'a DHCID record of a DUID');

  await tell(network, step('renew', 1, [own], fqdn(1, labels('desk'))));
  await dns.has('desk.example.com', 'AAAA', only(home));
  await dns.has(reversed(home), 'PTR', only('desk.example.com.'));
  await dns.has('laptop.example.com', 'AAAA', none);

  // What comes behind a request that is refused shows that it is over.
  await tell(network, step('request', 2, [address('1002')], fqdn(1, labels('desk'))));
  await tell(network, step('request', 3, [address('1003')], fqdn(1, '')));
  await dns.has('myhost-2001-db8-1--1003.example.com', 'AAAA', only('2001:db8:1::1003'));
  t.same(await dns.query('desk.example.com', 'AAAA'), [home], 'a name stays with the first');

  await tell(network, step('request', 9, [address('1009')], fqdn(1, labels('short'))));
  await dns.has('short.example.com', 'AAAA', only('2001:db8:1::1009'));
  await tell(network, step('release', 1, [own]));
  await dns.has('desk.example.com', 'AAAA', none);
  await dns.has(reversed(home), 'PTR', none);
  t.same(await dns.query('desk.example.com', 'DHCID'), []);
  const second = '2001:db8:1::1002';
  t.match(await server.command('lease6-resend-ddns', { 'ip-address': second }), { result: 0 });
  await dns.has('desk.example.com', 'AAAA', only(second));
  await dns.has('short.example.com', 'AAAA', none);
  await dns.has(reversed('2001:db8:1::1009'), 'PTR', none);
  await server.stop();
});
