/**
 * Leases of addresses and prefixes that are not in their subnet, with the values of `lease-checks` that change something:
 * Tandem starts with the leases that Kea starts with.
 */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { KEAS, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { createServer6, serverId6 } from './server6.ts';

const EXPIRE = 2_000_000_000;
/** Schema 4.0, that of Kea 2.2. */
const HEADER =
  'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n';
const SUBNETS = [
  {
    id: 7,
    subnet: '2001:db8:3::/48',
    'pd-pools': [{ prefix: '2001:db8:a::', 'prefix-len': 48, 'delegated-len': 56 }],
  },
  { id: 2, subnet: '2001:db8:4::/48' },
];
/** Address, length of the prefix, subnet and state of each row. */
const ROWS = [
  ['2001:db8:3::1', 128, 7, 0],
  ['2001:db8:3::2', 128, 2, 0],
  ['2001:db8:3::3', 128, 9, 0],
  ['2001:db8:3::4', 128, 9, 1],
  ['2001:db8:3::5', 128, 9, 2],
  ['2001:db8:3::6', 128, 0, 0],
  ['2001:db8:4::1', 128, 7, 0],
  ['2001:db8:5::1', 128, 9, 0],
  ['2001:db8:5::2', 128, 7, 0],
  ['2001:db8:5::3', 128, 0, 0],
  ['2001:db8:a::', 56, 7, 0],
  ['2001:db8:a:100::', 56, 2, 0],
  ['2001:db8:a:200::', 56, 9, 0],
  ['2001:db8:3:100::', 56, 7, 0],
  ['2001:db8:3:200::', 56, 2, 0],
  ['2001:db8:3:300::', 56, 9, 0],
  ['2001:db8:4:300::', 56, 9, 0],
  ['2001:db8:b::', 56, 7, 0],
  ['2001:db8:b:100::', 56, 9, 0],
  ['2001:db8:b:200::', 56, 0, 0],
] as const;

// "none" and "warn" keep everything.
for (const mode of ['fix', 'fix-del', 'del']) {
  t.test(`lease-checks "${mode}": the same leases in the same subnets`, async (t) => {
    if (!needServers(t, KEAS, ['ip'], 'kea-dhcp6')) return;
    const [tandem, ...keas] = await Promise.all((['tandem', ...KEAS] as const).map(leasesOf));
    for (const [index, kea] of keas.entries()) t.same(tandem, kea, `as ${KEAS[index]}`);
  });

  async function leasesOf(kind: ServerKind): Promise<string[]> {
    const network = createNetwork(t, { nothing: { server1: {} } });
    const dhcp6 = {
      'interfaces-config': { interfaces: [] },
      'server-id': serverId6('server1'),
      'expired-leases-processing': { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 },
      'sanity-checks': { 'lease-checks': mode },
      'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }],
      subnet6: SUBNETS,
    };
    const server = createServer6(network, kind, { name: 'server1', directory: temporaryDirectory(t), dhcp6 });
    const rows = ROWS.map(
      ([address, length, subnet, state]) =>
        `${address},00:03:00:01:02,4000,${EXPIRE},${subnet},3000,${length === 128 ? 0 : 2},1,${length},0,0,,,${state},,,\n`,
    );
    writeFileSync(server.leaseFile, HEADER + rows.join(''));
    await server.start();
    const answer = await server.command('lease6-get-all');
    await server.stop();
    const { leases } = answer.arguments as { leases: { 'ip-address': string; 'subnet-id': number }[] };
    return leases.map((lease) => `${lease['ip-address']} ${lease['subnet-id']}`).sort();
  }
}
