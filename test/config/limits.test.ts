/** What the limits library finds in the user contexts of classes and subnets. */
import t from 'tap';
import { parseConfig6 } from '../../src/config/load6.ts';
import { configOf } from '../engine/bench-server.ts';
import { checkRefused, dhcp4 } from './fixtures/marked-file.ts';

const LIBRARY = '"hooks-libraries": [ { "library": "libdhcp_limits.so" } ]';
const RATE = 'a rate such as "10 packets per second", of second, minute, hour, day, week, month or year';

function subnet(limits: string): string {
  return dhcp4(
    `${LIBRARY}, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/24", "user-context": { "limits": ${limits} } } ]`,
  );
}

function inClass(limits: string): string {
  return dhcp4(`${LIBRARY}, "client-classes": [ { "name": "a", "user-context": { "limits": ${limits} } } ]`);
}

const EMPTY6 = {
  'interfaces-config': { interfaces: [] },
  'lease-database': { type: 'memfile', persist: false },
};

const SUBNET_AT = 'Dhcp4/subnet4[0]/user-context/limits';
const CLASS_AT = 'Dhcp4/client-classes[0]/user-context/limits';
const COUNT = 'an integer from 0 to 4294967295';

checkRefused({
  'limits that are none': [
    [subnet('§7'), SUBNET_AT, '7', 'a map'],
    [subnet('{ "rate-limit": §7 }'), `${SUBNET_AT}/rate-limit`, '7', RATE],
    ...[
      '7 per second',
      '7 packets per fortnight',
      '-1 packets per second',
      '4294967296 packets per day',
      'x packets per day',
      ' 7 packets per day',
      '7 packets per days',
      '7  packets per day',
      '7.5 packets per day',
      '',
    ].map(
      (rate) =>
        [subnet(`{ "rate-limit": §"${rate}" }`), `${SUBNET_AT}/rate-limit`, `"${rate}"`, RATE] as const,
    ),
    [subnet('{ "address-limit": §-1 }'), `${SUBNET_AT}/address-limit`, '-1', COUNT],
    [subnet('{ "address-limit": §"4" }'), `${SUBNET_AT}/address-limit`, '"4"', COUNT],
    [inClass('{ "prefix-limit": §4294967296 }'), `${CLASS_AT}/prefix-limit`, '4294967296', COUNT],
    [
      dhcp4(
        `${LIBRARY}, "client-classes": [ { "name": "a", "template-test": "'x'", "user-context": { "limits": { "address-limit": §"1" } } } ]`,
      ),
      `${CLASS_AT}/address-limit`,
      '"1"',
      COUNT,
    ],
    [inClass('{ "rate-limit": §"1 packet" }'), `${CLASS_AT}/rate-limit`, '"1 packet"', RATE],
  ],
});

t.test('every unit and both spellings', async (t) => {
  const periods = {
    second: 1,
    minute: 60,
    hour: 3600,
    day: 86400,
    week: 604800,
    month: 2592000,
    year: 31536000,
  };
  for (const [unit, periodSec] of Object.entries(periods)) {
    for (const word of ['packet', 'packets']) {
      const { hooks } = configOf({
        'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
        'client-classes': [
          { name: 'a', 'user-context': { limits: { 'rate-limit': `4294967295 ${word} per ${unit}` } } },
        ],
      });
      t.same(hooks.limits?.classes, [
        { key: 'a', rate: { packets: 4294967295, periodSec }, addressLimit: null, prefixLimit: null },
      ]);
    }
  }
});

t.test('subnets of shared networks have limits too, and without the library nobody reads them', async (t) => {
  const network = {
    'shared-networks': [
      {
        name: 'n',
        subnet4: [{ id: 4, subnet: '10.4.0.0/24', 'user-context': { limits: { 'address-limit': 3 } } }],
      },
    ],
    subnet4: [],
  };
  const loaded = configOf({ ...network, 'hooks-libraries': [{ library: 'libdhcp_limits.so' }] });
  t.same(loaded.hooks.limits, {
    classes: [],
    templates: [],
    subnets: [{ key: 4, rate: null, addressLimit: 3, prefixLimit: null }],
  });
  t.equal(configOf({ ...network, subnet4: [] }).hooks.limits, null);
});

t.test('with DHCPv6 addresses and prefixes have limits, with DHCPv4 addresses alone', async (t) => {
  const limits = { 'address-limit': 3, 'prefix-limit': 0 };
  const common = { 'hooks-libraries': [{ library: 'libdhcp_limits.so' }] };
  const classes = { 'client-classes': [{ name: 'c', 'user-context': { limits } }] };
  const of4 = configOf({ ...common, ...classes }).hooks.limits;
  t.same(of4?.classes, [{ key: 'c', rate: null, addressLimit: 3, prefixLimit: null }]);
  const limitsOf6 = (dhcp6: object) => {
    const result = parseConfig6(JSON.stringify({ Dhcp6: { ...EMPTY6, ...common, ...dhcp6 } }), 'kea.conf');
    return result.ok ? result.config.hooks.limits : result.problems.map(({ path }) => path);
  };
  const subnet6 = [{ id: 4, subnet: '2001:db8::/64', 'user-context': { limits } }];
  t.same(limitsOf6({ ...classes, subnet6 }), {
    classes: [{ key: 'c', rate: null, addressLimit: 3, prefixLimit: 0 }],
    templates: [],
    subnets: [{ key: 4, rate: null, addressLimit: 3, prefixLimit: 0 }],
  });
  const templates = Array.from({ length: 17 }, (_, i) => ({
    name: `t${i}`,
    'template-test': 'option[16].hex',
    'user-context': { limits: { 'prefix-limit': i } },
  }));
  t.same(limitsOf6({ 'client-classes': templates }), [
    'Dhcp6/client-classes[16]/user-context/limits/prefix-limit',
  ]);
});

t.test('limits of templates stand apart, and those of leases are not many', async (t) => {
  const classesOf = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `t${i}`,
      'template-test': 'option[60].hex',
      'user-context': { limits: { 'address-limit': i } },
    }));
  const file = (count: number) => ({
    'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
    'client-classes': [
      ...classesOf(count),
      { name: 'c', 'user-context': { limits: { 'address-limit': 5 } } },
    ],
  });
  const { limits } = configOf(file(16)).hooks;
  t.same(limits?.classes, [{ key: 'c', rate: null, addressLimit: 5, prefixLimit: null }]);
  t.equal(limits?.templates.length, 16);
  t.same(limits?.templates[3], { key: 't3', rate: null, addressLimit: 3, prefixLimit: null });
  t.throws(() => configOf(file(17)), {
    message: /client-classes\[16\]\/user-context\/limits\/address-limit.*at most 16/,
  });
});
