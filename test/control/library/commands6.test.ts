/** subnet_cmds, class_cmds and host_cmds of DHCPv6: the commands of DHCPv4 under names of their own, on addresses of many forms. */
import t from 'tap';
import { testDocument } from './support.ts';

const PD_POOL = { prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 };
const SUBNET = {
  id: 1,
  subnet: '2001:db8:1::/64',
  pools: [{ pool: '2001:db8:1::10 - 2001:db8:1::20' }],
  'pd-pools': [PD_POOL],
};

t.test('the names are those of Kea, and no command is one of DHCPv4', async (t) => {
  const { commands } = testDocument({}, 6);
  for (const name of [
    'subnet6-list',
    'subnet6-delta-add',
    'network6-subnet-add',
    'class-add',
    'reservation-get',
  ])
    t.ok(commands.includes(name), name);
  t.same(
    commands.filter((name) => /^(subnet|network)4/.test(name)),
    [],
  );
});

t.test('subnets: listed, shown with their defaults, found by any form of their prefix', async (t) => {
  const networks = [{ name: 'floor', subnet6: [{ id: 7, subnet: '2001:DB8:7::/64' }] }];
  const { run } = testDocument({ subnet6: [SUBNET], 'shared-networks': networks }, 6);
  t.same(await run('subnet6-list'), {
    result: 0,
    text: '2 IPv6 subnets found',
    arguments: {
      subnets: [
        { id: 1, subnet: '2001:db8:1::/64', 'shared-network-name': null },
        { id: 7, subnet: '2001:db8:7::/64', 'shared-network-name': 'floor' },
      ],
    },
  });
  for (const args of [{ id: 7 }, { subnet: '2001:db8:7::/64' }, { subnet: '2001:0DB8:7:0::/64' }])
    t.match(await run('subnet6-get', args), {
      result: 0,
      text: 'Info about IPv6 subnet 2001:db8:7::/64 (id 7) returned',
      arguments: {
        subnet6: [{ id: 7, 'valid-lifetime': 7200, 'pd-pools': [], 'shared-network-name': 'floor' }],
      },
    });
  t.match(await run('subnet6-get', { subnet: '2001:db8:8::/64' }), { result: 3 });
  t.match(await testDocument({}, 6).run('subnet6-list'), { result: 3, text: '0 IPv6 subnets found' });
});

t.test('subnets: added, changed by parts, deleted', async (t) => {
  const document = testDocument({ subnet6: [SUBNET] }, 6);
  const { run } = document;
  t.same(await run('subnet6-add', { subnet6: [{ subnet: '2001:db8:2::/64' }] }), {
    result: 0,
    text: 'IPv6 subnet added',
    arguments: { subnets: [{ id: 2, subnet: '2001:db8:2::/64' }] },
  });
  t.match(await run('subnet6-add', { subnet6: [{ subnet: '2001:DB8:2:0::/64' }] }), {
    result: 1,
    text: /already exists/,
  });
  t.match(await run('subnet6-add', { subnet4: [] }), { result: 1, text: /missing 'subnet6'/ });
  const delta = {
    id: 1,
    'pd-pools': [
      { ...PD_POOL, 'client-class': 'a' },
      { ...PD_POOL, 'prefix-len': 44 },
    ],
  };
  t.match(await run('subnet6-delta-add', { subnet6: [delta] }), { result: 0 });
  t.match(document.map['subnet6'], [
    { 'pd-pools': [{ ...PD_POOL, 'client-class': 'a' }, { 'prefix-len': 44 }], pools: SUBNET.pools },
    { id: 2 },
  ]);
  t.match(await run('subnet6-delta-del', { subnet6: [{ id: 1, 'pd-pools': [PD_POOL] }] }), { result: 0 });
  t.match(document.map['subnet6'], [{ 'pd-pools': [{ 'prefix-len': 44 }] }, { id: 2 }]);
  t.match(await run('subnet6-del', { id: 2 }), {
    result: 0,
    text: 'IPv6 subnet 2001:db8:2::/64 (id 2) deleted',
  });
});

t.test('networks: added with their subnets, which come and go', async (t) => {
  const document = testDocument({ subnet6: [SUBNET] }, 6);
  const { run } = document;
  const network = { name: 'n', subnet6: [{ subnet: '2001:db8:2::/64' }] };
  t.match(await run('network6-add', { 'shared-networks': [network] }), {
    result: 0,
    text: "A new IPv6 shared network 'n' added",
  });
  t.match(await run('network6-subnet-add', { name: 'n', id: 1 }), { result: 0 });
  t.match(document.map, { subnet6: [], 'shared-networks': [{ subnet6: [{ id: 2 }, { id: 1 }] }] });
  t.match(await run('network6-get', { name: 'n' }), {
    result: 0,
    arguments: { 'shared-networks': [{ 'rapid-commit': false, subnet6: [{ id: 2 }, { id: 1 }] }] },
  });
  t.match(await run('network6-subnet-del', { name: 'n', id: 2 }), { result: 0 });
  t.match(await run('network6-list'), { result: 0, text: '1 IPv6 network(s) found' });
  t.match(await run('network6-del', { name: 'n', 'subnets-action': 'delete' }), { result: 0 });
  t.match(document.map, { subnet6: [{ id: 2 }], 'shared-networks': [] });
});

t.test('hosts: by address, prefix, DUID, and hardware address', async (t) => {
  const document = testDocument({ subnet6: [SUBNET] }, 6);
  const { run } = document;
  const host = {
    duid: '01:02:03:0A',
    'ip-addresses': ['2001:DB8:1::7', '2001:db8:1::8'],
    prefixes: ['3000::/56'],
  };
  t.match(await run('reservation-add', { reservation: { ...host, 'subnet-id': 1 } }), { result: 0 });
  t.match(await run('reservation-add', { reservation: { duid: '0102030a', 'subnet-id': 1 } }), { result: 1 });
  t.match(await run('reservation-add', { reservation: { 'client-id': '01', 'subnet-id': 9 } }), {
    result: 1,
    text: /IPv6 subnet with ID of '9'/,
  });
  for (const address of ['2001:db8:1:0::7', '2001:db8:1::8', '3000::']) {
    const found = await run('reservation-get', { 'subnet-id': 1, 'ip-address': address });
    t.match(found, { result: 0, arguments: { duid: '01:02:03:0a', 'subnet-id': 1 } }, address);
    t.match(await run('reservation-get-by-address', { 'ip-address': address }), { result: 0 });
  }
  const byId = { 'subnet-id': 1, 'identifier-type': 'duid', identifier: '01:02:03:0a' };
  t.match(await run('reservation-get', byId), { result: 0 });
  t.match(await run('reservation-get-all', { 'subnet-id': 1 }), { text: '1 IPv6 host(s) found.' });
  t.match(await run('reservation-del', { 'subnet-id': 1, 'ip-address': '2001:db8:1::8' }), { result: 0 });
  t.match(document.map['subnet6'], [{ reservations: [] }]);
});

t.test('what is no address, no list and no map is answered, never thrown', async (t) => {
  const odd = [undefined, null, 3, 'x', [], {}, [[]], { subnet6: [3] }, { subnet: 3 }, { subnet: '::/x/y' }];
  const hosts = [{ 'ip-addresses': 3, prefixes: [4, '::'] }];
  const document = testDocument({ subnet6: [{ ...SUBNET, reservations: hosts }] }, 6);
  for (const command of document.commands)
    for (const args of [...odd, { 'subnet-id': 1, 'ip-address': 'x' }, { 'ip-address': 'fe80::%eth0' }])
      t.type((await document.run(command, args)).result, 'number', `${command} ${JSON.stringify(args)}`);
});
