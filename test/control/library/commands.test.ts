/** subnet_cmds, class_cmds and host_cmds on a document: what they answer and what the document is afterwards. */
import fc from 'fast-check';
import t from 'tap';
import { testDocument } from './support.ts';

const SUBNET = { id: 1, subnet: '10.0.0.0/24', pools: [{ pool: '10.0.0.10 - 10.0.0.20' }] };

t.test('subnets are listed and shown, those of networks too', async (t) => {
  const { run } = testDocument({
    subnet4: [SUBNET],
    'shared-networks': [{ name: 'floor', subnet4: [{ id: 7, subnet: '10.7.0.0/24' }] }],
  });
  t.same(await run('subnet4-list'), {
    result: 0,
    text: '2 IPv4 subnets found',
    arguments: {
      subnets: [
        { id: 1, subnet: '10.0.0.0/24', 'shared-network-name': null },
        { id: 7, subnet: '10.7.0.0/24', 'shared-network-name': 'floor' },
      ],
    },
  });
  for (const args of [{ id: 7 }, { subnet: '10.7.0.0/24' }])
    t.match(await run('subnet4-get', args), {
      result: 0,
      text: 'Info about IPv4 subnet 10.7.0.0/24 (id 7) returned',
      arguments: { subnet4: [{ id: 7, 'valid-lifetime': 7200, 'shared-network-name': 'floor', pools: [] }] },
    });
  t.match(await run('subnet4-get', { id: 9 }), { result: 3, text: 'No subnet with id 9 found' });
  t.match(await run('subnet4-get', { subnet: '10.9.0.0/24' }), {
    result: 3,
    text: 'No 10.9.0.0/24 subnet found',
  });
  t.match(await testDocument({}).run('subnet4-list'), { result: 3, arguments: { subnets: [] } });
});

t.test('a subnet is added, changed and deleted', async (t) => {
  const document = testDocument({ subnet4: [SUBNET] });
  const { run } = document;
  t.same(await run('subnet4-add', { subnet4: [{ subnet: '10.2.0.0/24' }] }), {
    result: 0,
    text: 'IPv4 subnet added',
    arguments: { subnets: [{ id: 2, subnet: '10.2.0.0/24' }] },
  });
  t.match(await run('subnet4-add', { subnet4: [{ id: 2, subnet: '10.3.0.0/24' }] }), {
    result: 1,
    text: /in use/,
  });
  t.match(await run('subnet4-add', { subnet4: [{ subnet: '10.2.0.0/24' }] }), {
    result: 1,
    text: /already exists/,
  });
  t.match(await run('subnet4-update', { subnet4: [{ id: 2, subnet: '10.2.0.0/24', 'renew-timer': 5 }] }), {
    result: 0,
  });
  t.same(document.map['subnet4'], [SUBNET, { id: 2, subnet: '10.2.0.0/24', 'renew-timer': 5 }]);
  t.match(await run('subnet4-update', { subnet4: [{ id: 2, subnet: '10.9.0.0/24' }] }), {
    result: 1,
    text: /cannot/,
  });
  t.match(await run('subnet4-update', { subnet4: [{ id: 9, subnet: '10.9.0.0/24' }] }), { result: 3 });
  t.same(await run('subnet4-del', { id: 2 }), {
    result: 0,
    text: 'IPv4 subnet 10.2.0.0/24 (id 2) deleted',
    arguments: { subnets: [{ id: 2, subnet: '10.2.0.0/24' }] },
  });
  t.match(await run('subnet4-del', { id: 2 }), { result: 3, text: 'no subnet with id 2 found' });
  t.same(document.map['subnet4'], [SUBNET]);
});

t.test('what the server does not take changes nothing, and the sender hears why', async (t) => {
  const document = testDocument({ subnet4: [SUBNET] });
  document.problems = ['Dhcp4/subnet4[1]/subnet: found "x"; expected a subnet'];
  const answer = await document.run('subnet4-add', { subnet4: [{ subnet: 'x' }] });
  t.same(answer, { result: 1, text: document.problems[0] });
  t.same(document.map['subnet4'], [SUBNET]);
});

t.test(
  'an edit writes down the numbers of subnets without an id, so that none gets another one',
  async (t) => {
    const document = testDocument({ subnet4: [{ subnet: '10.0.0.0/24' }, { subnet: '10.1.0.0/24' }] });
    await document.run('subnet4-del', { id: 1 });
    t.same(document.map['subnet4'], [{ id: 2, subnet: '10.1.0.0/24' }]);
    t.match(await document.run('subnet4-add', { subnet4: [{ subnet: '10.2.0.0/24' }] }), {
      arguments: { subnets: [{ id: 3 }] },
    });
  },
);

t.test('a delta is put into a subnet and taken out again, item by item', async (t) => {
  const options = [
    { name: 'routers', data: '10.0.0.1' },
    { code: 6, data: '10.0.0.2' },
  ];
  const document = testDocument({ subnet4: [{ ...SUBNET, 'option-data': options }] });
  const { run } = document;
  const subnet = () => (document.map['subnet4'] as Record<string, unknown>[])[0]!;
  await run('subnet4-delta-add', {
    subnet4: [
      {
        id: 1,
        'renew-timer': 9,
        pools: [{ pool: '10.0.0.10-10.0.0.20', 'pool-id': 3 }, { pool: '10.0.0.30-10.0.0.40' }],
        'option-data': [{ name: 'routers', data: '10.0.0.9' }],
      },
    ],
  });
  t.same(subnet()['pools'], [{ pool: '10.0.0.10-10.0.0.20', 'pool-id': 3 }, { pool: '10.0.0.30-10.0.0.40' }]);
  t.same(subnet()['option-data'], [{ name: 'routers', data: '10.0.0.9' }, options[1]]);
  t.equal(subnet()['renew-timer'], 9);
  await run('subnet4-delta-del', {
    subnet4: [
      { id: 1, 'renew-timer': 0, pools: [{ pool: '10.0.0.30 - 10.0.0.40' }], 'option-data': [{ code: 6 }] },
    ],
  });
  t.same(subnet(), {
    id: 1,
    subnet: '10.0.0.0/24',
    pools: [{ pool: '10.0.0.10-10.0.0.20', 'pool-id': 3 }],
    'option-data': [{ name: 'routers', data: '10.0.0.9' }],
  });
});

t.test('networks are made, filled, emptied and deleted', async (t) => {
  const document = testDocument({ subnet4: [SUBNET] });
  const { run } = document;
  t.match(
    await run('network4-add', { 'shared-networks': [{ name: 'a', subnet4: [{ subnet: '10.2.0.0/24' }] }] }),
    {
      result: 0,
      text: "A new IPv4 shared network 'a' added",
    },
  );
  t.match(await run('network4-add', { 'shared-networks': [{ name: 'a' }] }), {
    result: 1,
    text: /duplicate/,
  });
  t.match(await run('network4-list'), {
    text: '1 IPv4 network(s) found',
    arguments: { 'shared-networks': [{ name: 'a' }] },
  });
  t.match(await run('network4-get', { name: 'a' }), {
    arguments: { 'shared-networks': [{ subnet4: [{ id: 2 }] }] },
  });
  t.match(await run('network4-get', { name: 'b' }), { result: 3 });
  t.match(await run('network4-subnet-add', { name: 'a', id: 1 }), {
    result: 0,
    text: /is now part of shared network 'a'/,
  });
  t.match(await run('network4-subnet-add', { name: 'a', id: 1 }), { result: 1, text: /already part/ });
  t.same(document.map['subnet4'], []);
  t.match(await run('network4-subnet-del', { name: 'a', id: 2 }), { result: 0 });
  t.match(await run('network4-subnet-del', { name: 'a', id: 2 }), { result: 3 });
  t.match(await run('network4-del', { name: 'a' }), { result: 0 });
  t.same(
    (document.map['subnet4'] as { id: number }[]).map(({ id }) => id),
    [2, 1],
    'its subnet is kept',
  );
  await run('network4-add', { 'shared-networks': [{ name: 'b', subnet4: [{ subnet: '10.5.0.0/24' }] }] });
  t.match(await run('network4-del', { name: 'b', 'subnets-action': 'delete' }), { result: 0 });
  t.same((document.map['subnet4'] as unknown[]).length, 2);
  t.match(await run('network4-del', { name: 'b' }), { result: 3 });
});

t.test('classes are added at the end, updated in their place, and deleted', async (t) => {
  const document = testDocument({ 'client-classes': [{ name: 'a', test: "option[60].hex == 'a'" }] });
  const { run } = document;
  t.match(await run('class-add', { 'client-classes': [{ name: 'b' }] }), {
    result: 0,
    text: "Class 'b' added",
  });
  t.match(await run('class-add', { 'client-classes': [{ name: 'b' }] }), {
    result: 1,
    text: "Class 'b' already exists",
  });
  t.match(await run('class-update', { 'client-classes': [{ name: 'a', test: 'x' }] }), { result: 0 });
  t.same(document.map['client-classes'], [{ name: 'a', test: 'x' }, { name: 'b' }]);
  t.match(await run('class-list'), {
    text: '2 classes found',
    arguments: { 'client-classes': [{ name: 'a' }, {}] },
  });
  t.match(await run('class-get', { name: 'a' }), {
    text: "Class 'a' definition returned",
    arguments: { 'client-classes': [{ name: 'a', test: 'x', 'next-server': '0.0.0.0' }] },
  });
  t.match(await run('class-del', { name: 'a' }), { result: 0, text: "Class 'a' deleted" });
  for (const command of ['class-del', 'class-get']) t.match(await run(command, { name: 'a' }), { result: 3 });
  t.same(document.map['client-classes'], [{ name: 'b' }]);
});

t.test('reservations are found by whatever identifies them, however it is written', async (t) => {
  const document = testDocument({ subnet4: [SUBNET], reservations: [{ duid: '01:02', hostname: 'Global' }] });
  const { run } = document;
  const add = (reservation: object) => run('reservation-add', { reservation });
  const host = { 'hw-address': '1A:1B:1C:1D:1E:1F', 'ip-address': '10.0.0.5', hostname: 'x' };
  t.match(await add({ 'subnet-id': 1, ...host }), { result: 0, text: 'Host added.' });
  t.match(await add({ 'subnet-id': 1, 'hw-address': '1a1b1c1d1e1f' }), { result: 1, text: /exists/ });
  t.match(await add({ 'subnet-id': 9, ...host }), { result: 1, text: /subnet with ID of '9'/ });
  t.match(await add({ 'subnet-id': 0, 'circuit-id': "'port1'" }), { result: 0 });
  const found = { result: 0, text: 'Host found.', arguments: { hostname: 'x', 'subnet-id': 1 } };
  const by = { 'identifier-type': 'hw-address', identifier: '1a:1b:1c:1d:1e:1f' };
  t.match(await run('reservation-get', { 'subnet-id': 1, ...by }), found);
  t.match(await run('reservation-get', { 'subnet-id': 1, 'ip-address': '10.0.0.5' }), found);
  t.match(await run('reservation-get', { 'subnet-id': 0, ...by }), { result: 3, text: 'Host not found.' });
  const circuit = { 'identifier-type': 'circuit-id', identifier: '706f727431' };
  t.match(await run('reservation-get', { 'subnet-id': 0, ...circuit }), { result: 0 });
  t.match(await run('reservation-get-by-id', by), { text: '1 IPv4 host(s) found.' });
  t.match(await run('reservation-get-by-address', { 'ip-address': '10.0.0.5' }), {
    arguments: { hosts: [{ ...host, 'hw-address': '1a:1b:1c:1d:1e:1f' }] },
  });
  t.match(await run('reservation-get-by-hostname', { hostname: 'GLOBAL' }), {
    arguments: { hosts: [{ 'subnet-id': 0 }] },
  });
  t.match(await run('reservation-get-by-hostname', { hostname: 'x', 'subnet-id': 0 }), { result: 3 });
  t.match(await run('reservation-get-all', { 'subnet-id': 0 }), { text: '2 IPv4 host(s) found.' });
  t.match(
    await run('reservation-update', { reservation: { 'subnet-id': 1, 'hw-address': host['hw-address'] } }),
    { text: 'Host updated.' },
  );
  t.match(await run('reservation-get', { 'subnet-id': 1, 'ip-address': '10.0.0.5' }), { result: 3 });
  t.match(await run('reservation-del', { 'subnet-id': 1, ...by }), { result: 0, text: 'Host deleted.' });
  t.match(await run('reservation-del', { 'subnet-id': 1, ...by }), {
    result: 3,
    text: 'Host not deleted (not found).',
  });
  t.match(await run('reservation-del', { 'subnet-id': 1, ...by, 'operation-target': 'database' }), {
    result: 1,
    text: /no host database/,
  });
});

t.test('pages of reservations follow each other and end', async (t) => {
  const reservations = Array.from({ length: 25 }, (_, i) => ({
    'flex-id': `0x${(i + 16).toString(16)}`,
    hostname: `h${i}`,
  }));
  const { run } = testDocument({ reservations });
  const seen: string[] = [];
  let from = 0;
  for (;;) {
    const { result, arguments: page } = await run('reservation-get-page', { limit: 10, from });
    if (result === 3) break;
    const { hosts, next } = page as { hosts: { hostname: string }[]; next: { from: number } };
    seen.push(...hosts.map(({ hostname }) => hostname));
    from = next.from;
  }
  t.same(
    seen,
    reservations.map(({ hostname }) => hostname),
  );
});

t.test('whatever a command is given, it answers and leaves a document that is frozen as it is', async (t) => {
  const dhcp4 = { subnet4: [SUBNET], 'client-classes': [{ name: 'a' }], reservations: [{ duid: '01:02' }] };
  const { commands } = testDocument(dhcp4);
  const keys = fc.constantFrom(
    'id',
    'name',
    'subnet',
    'subnet4',
    'shared-networks',
    'client-classes',
    'reservation',
    'subnet-id',
    'limit',
    '__proto__',
    'identifier',
    'identifier-type',
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(1, 'a', [{ id: 1 }], [{ name: 'a' }], { 'subnet-id': 1 }),
  );
  const args = fc.oneof(value, fc.dictionary(keys, value, { maxKeys: 5 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...commands), args, async (command, given) => {
      const { run } = testDocument(structuredClone(dhcp4));
      const answer = await run(command, given);
      if (![0, 1, 3].includes(answer.result)) throw new Error(JSON.stringify(answer));
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});

t.test('every required argument, left out one by one, is asked for', async (t) => {
  const whole: Record<string, Record<string, unknown>> = {
    'subnet4-add': { subnet4: [{ subnet: '10.9.0.0/24' }] },
    'subnet4-update': { subnet4: [{ id: 1 }] },
    'subnet4-delta-add': { subnet4: [{ id: 1 }] },
    'subnet4-delta-del': { subnet4: [{ id: 1 }] },
    'subnet4-del': { id: 1 },
    'subnet4-get': { id: 1 },
    'network4-add': { 'shared-networks': [{ name: 'n' }] },
    'network4-del': { name: 'n' },
    'network4-get': { name: 'n' },
    'network4-subnet-add': { name: 'n', id: 1 },
    'network4-subnet-del': { name: 'n', id: 1 },
    'class-add': { 'client-classes': [{ name: 'b' }] },
    'class-update': { 'client-classes': [{ name: 'b' }] },
    'class-del': { name: 'a' },
    'class-get': { name: 'a' },
    'reservation-add': { reservation: {} },
    'reservation-update': { reservation: {} },
    'reservation-del': { 'subnet-id': 1, 'identifier-type': 'duid', identifier: '01' },
    'reservation-get': { 'subnet-id': 1, 'identifier-type': 'duid', identifier: '01' },
    'reservation-get-all': { 'subnet-id': 1 },
    'reservation-get-page': { limit: 1 },
    'reservation-get-by-id': { 'identifier-type': 'duid', identifier: '01' },
    'reservation-get-by-address': { 'ip-address': '10.0.0.1' },
    'reservation-get-by-hostname': { hostname: 'x' },
  };
  for (const [command, args] of Object.entries(whole)) {
    const without = Object.keys(args).map((key) => ({ ...args, [key]: undefined }));
    for (const given of [undefined, null, [], 'x', 1, {}, ...without]) {
      const { run } = testDocument({ subnet4: [SUBNET] });
      t.match(await run(command, given), { result: 1, text: String }, `${command} ${JSON.stringify(given)}`);
    }
  }
});
