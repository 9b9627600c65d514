/** Limits of the leases of a DHCPv6 server over starts and reloads: the counts come from the leases, whoever writes them. */
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { iaNa, iaPd, message, opt } from '../../engine/dhcp6/messages.ts';
import { freeUdpPort, scratch } from '../process.ts';
import { ask } from '../reloading.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') === true;
const skip = hasIpv6 ? false : 'this machine has no ::1';

/** @param ofClass,ofSubnet addresses, then prefixes */
function configured(ofSubnet: readonly number[], ofClass: readonly number[], library = 'libdhcp_limits.so') {
  const limited = ([addresses, prefixes]: readonly number[]) => ({
    'user-context': { limits: { 'address-limit': addresses, 'prefix-limit': prefixes } },
  });
  return {
    'hooks-libraries': [{ library }, { library: 'libdhcp_lease_cmds.so' }],
    'client-classes': [{ name: 'phone', test: 'option[15].exists', ...limited(ofClass) }],
    subnet6: [
      {
        id: 1,
        subnet: '2001:db8:1::/64',
        pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::ffff' }],
        'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 }],
        ...limited(ofSubnet),
      },
    ],
  };
}

function rows(): string {
  const far = Math.floor(Date.now() / 1000) + 3600;
  const context = '{ "ISC": { "client-classes": [ "ALL"&#x2c "phone"&#x2c "UNKNOWN" ] } }';
  const header =
    'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id';
  return `${header}
2001:db8:1::1000,00:01:02,3600,${far},1,1800,0,1,128,0,0,,,0,${context},,,0
2001:db8:1::1001,00:01:03,3600,${far},1,1800,0,1,128,0,0,,,0,,,,0
2001:db8:8000::,00:01:02,3600,${far},1,1800,2,1,56,0,0,,,0,${context},,,0
`;
}

t.test('leases of the file count after a start, and again after each reload', { skip }, async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'leases6.csv'), rows());
  const port = freeUdpPort();
  const relay = await Relay6.open(t, port);
  await serve6(t, writeConfig6(directory, configured([3, 2], [1, 9])), port, relay);
  const command = (name: string, args?: object) => ask({ socket: join(directory, 'ctl') }, name, args);
  const reload = (dhcp6: object) => {
    writeConfig6(directory, { ...dhcp6 });
    return command('config-reload');
  };
  /** Whether a client that has no lease is advertised an address, and a prefix. */
  const offered = async (isPhone: boolean): Promise<boolean[]> => {
    const options = [iaNa(1), iaPd(1), ...(isPhone ? [opt(15, [0, 1, 0x70])] : [])];
    const reply = await relay.ask(message(MessageType.solicit, 99, ...options));
    return reply.options.filter((each) => /^(na|pd)/.test(each)).map((each) => !each.includes('status'));
  };
  t.same(await offered(true), [false, true], 'the one phone has an address');
  t.same(await offered(false), [true, true]);
  await reload(configured([2, 1], [2, 2]));
  t.same(await offered(false), [false, false], 'the leases of the subnet are there');
  await reload(configured([3, 2], [2, 2]));
  t.same(await offered(true), [true, true]);
  const lease = { 'ip-address': '2001:db8:1::2000', duid: '00:01:04', iaid: 1, 'subnet-id': 1 };
  await command('lease6-add', lease);
  t.same(await offered(true), [false, true], 'a lease by a command counts too');
  await command('lease6-del', { 'ip-address': '2001:db8:1::1001' });
  t.same(await offered(true), [true, true]);
  const phone = { 'user-context': { ISC: { 'client-classes': ['phone'] } } };
  await command('lease6-update', { ...lease, ...phone });
  t.same(await offered(true), [false, true], 'with the classes that it says it has');
  const prefix = { 'ip-address': '2001:db8:8000:100::', 'prefix-len': 56, type: 'IA_PD' };
  await command('lease6-bulk-apply', { leases: [{ ...lease, ...prefix }] });
  t.same(await offered(false), [true, false], 'one by a partner counts too');
  await reload(configured([0, 0], [0, 0], 'libdhcp_stat_cmds.so'));
  t.same(await offered(true), [true, true], 'without the library there is no limit');
});
