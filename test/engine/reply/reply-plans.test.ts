/** Which of the configured options and boot fields a reply gets: scopes, classes and hosts, and what is kept of it. */
import t from 'tap';
import { ClassIds } from '../../../src/classes/class-ids.ts';
import { ClassSet } from '../../../src/classes/class-set.ts';
import type { ClientClassConfig } from '../../../src/config/class-model.ts';
import type { HostConfig } from '../../../src/config/host-model.ts';
import type { OptionConfig, ServerConfig, VendorOptionConfig } from '../../../src/config/model.ts';
import { compileSubnets } from '../../../src/engine/compiled/compiled.ts';
import { type CompiledHost, compileHost } from '../../../src/engine/hosts/compiled-host.ts';
import { behind, codeAt, encodingAt, isUnasked } from '../../../src/engine/reply/encoded-options.ts';
import type { CompiledOption } from '../../../src/engine/reply/option-merge.ts';
import { NO_SCOPES } from '../../../src/engine/reply/option-scopes.ts';
import { longestReplyBytes } from '../../../src/engine/reply/option-size.ts';
import {
  PlanMaker,
  type ReplyPlan,
  type SubnetScopes,
  serverIdentifiersOf,
} from '../../../src/engine/reply/reply-plan.ts';
import { PlanNode, ReplyPlans } from '../../../src/engine/reply/reply-plans.ts';
import { configOf } from '../bench-server.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function option(code: number, text: string, more: Partial<OptionConfig> = {}): OptionConfig {
  return {
    code,
    data: octets(text),
    parts: null,
    alwaysSend: false,
    neverSend: false,
    clientClasses: [],
    ...more,
  };
}

function vendor(enterprise: number, code: number, text: string, more = {}): VendorOptionConfig {
  return { enterprise, ...option(code, text, more) };
}

function clientClass(name: string, more: Partial<ClientClassConfig>): ClientClassConfig {
  return {
    name,
    test: null,
    templateTest: null,
    onlyInAdditionalList: false,
    options: [],
    vendorOptions: [],
    nextServer: null,
    serverHostname: null,
    bootFileName: null,
    validLifetime: null,
    offerLifetimeSec: null,
    ...more,
  };
}

function host(number: number, more: Partial<HostConfig>): HostConfig {
  return {
    subnetId: 1,
    identifier: 'hw-address',
    identifierBytes: Uint8Array.of(number),
    address: null,
    hostname: '',
    clientClasses: [],
    options: [],
    vendorOptions: [],
    nextServer: null,
    serverHostname: null,
    bootFileName: null,
    ...more,
  };
}

interface Scopes {
  readonly pool?: readonly OptionConfig[];
  readonly subnet?: readonly OptionConfig[];
  readonly network?: readonly OptionConfig[];
  readonly global?: readonly OptionConfig[];
  readonly classes?: readonly ClientClassConfig[];
  readonly vendors?: readonly VendorOptionConfig[];
}

function configure(scopes: Scopes, dhcp4: Record<string, unknown> = {}): ServerConfig {
  const config = configOf(dhcp4);
  const network = {
    name: 'net',
    clientClasses: [],
    additionalClasses: [],
    options: scopes.network ?? [],
    vendorOptions: [],
  };
  return {
    ...config,
    options: scopes.global ?? [],
    clientClasses: scopes.classes ?? [],
    sharedNetworks: [network],
    subnets: config.subnets.map((subnet) => ({
      ...subnet,
      networkName: 'net',
      options: scopes.subnet ?? [],
      vendorOptions: scopes.vendors ?? [],
      pools: subnet.pools.map((pool) => ({ ...pool, options: scopes.pool ?? [] })),
    })),
  };
}

interface Asker {
  readonly classes: ClassIds;
  readonly maker: PlanMaker;
  readonly plans: ReplyPlans<SubnetScopes, HostConfig, ReplyPlan>;
  of(members: readonly string[], reserved?: HostConfig | null): ReplyPlan;
}

function asker(config: ServerConfig, max?: number): Asker {
  const classes = new ClassIds();
  const [subnet] = compileSubnets(config, classes);
  const maker = new PlanMaker(config, classes);
  const plans = new ReplyPlans(maker, NO_SCOPES, max);
  const set = new ClassSet(classes.count + 1);
  const root = subnet!.pools[0]!.plan;
  const compiled = new Map<HostConfig, CompiledHost>();
  const hostOf = (host: HostConfig): CompiledHost => {
    const known = compiled.get(host) ?? compileHost(host, undefined, classes);
    compiled.set(host, known);
    return known;
  };
  return {
    classes,
    maker,
    plans,
    of: (members, reserved = null) => {
      set.clear();
      for (const name of members) set.add(classes.find(name));
      return plans.of(root, set, reserved === null ? null : hostOf(reserved));
    },
  };
}

/** The options that a plan has, one by one. */
function optionsOf({ optionBytes, optionsStart, optionsEnd }: ReplyPlan): CompiledOption[] {
  const options: CompiledOption[] = [];
  for (let at = optionsStart; at < optionsEnd; at = behind(optionBytes, at)) {
    const encoded = optionBytes.subarray(encodingAt(at), behind(optionBytes, at));
    options.push({ code: codeAt(optionBytes, at), encoded, unasked: isUnasked(optionBytes, at) });
  }
  return options;
}

/** Code -> text of the options that a plan has. */
function texts(plan: ReplyPlan): Record<number, string> {
  return Object.fromEntries(
    optionsOf(plan).map(({ code, encoded }) => [code, Buffer.from(encoded.subarray(2)).toString('latin1')]),
  );
}

t.test(
  'host, pool, subnet, network, classes as they were assigned, global: the first that has it',
  async (t) => {
    const everywhere = (from: number, text: string): OptionConfig[] =>
      [67, 66, 64, 62, 47, 40, 17, 14].filter((code) => code <= from).map((code) => option(code, text));
    const config = configure({
      pool: everywhere(66, 'pool'),
      subnet: everywhere(64, 'subnet'),
      network: everywhere(62, 'network'),
      classes: [
        clientClass('A', { options: everywhere(47, 'A') }),
        clientClass('B', { options: everywhere(40, 'B') }),
      ],
      global: everywhere(17, 'global'),
    });
    const reserved = host(1, {
      options: everywhere(67, 'host').filter(({ code }) => code === 67 || code === 14),
    });
    const { of } = asker(config);
    const without = { 14: 'pool', 17: 'pool', 40: 'pool', 47: 'pool', 62: 'pool', 64: 'pool', 66: 'pool' };
    t.same(texts(of(['A', 'B'])), without);
    t.same(texts(of([], reserved)), { ...without, 14: 'host', 67: 'host' });

    const layers = (scope: Scopes): Asker => asker(configure({ ...scope, classes: config.clientClasses }));
    const global = layers({ global: [option(14, 'global'), option(47, 'global')] });
    t.same(texts(global.of([])), { 14: 'global', 47: 'global' });
    t.same(texts(global.of(['B'])), { 14: 'B', 17: 'B', 40: 'B', 47: 'global' });
    t.same(texts(global.of(['B', 'A'])), { 14: 'B', 17: 'B', 40: 'B', 47: 'A' });
    t.same(texts(global.of(['A', 'B'])), { 14: 'A', 17: 'A', 40: 'A', 47: 'A' });
    const network = layers({ network: [option(14, 'network')], subnet: [option(40, 'subnet')] });
    t.same(texts(network.of(['A'])), { 14: 'network', 17: 'A', 40: 'subnet', 47: 'A' });
  },
);

t.test('always-send and never-send count at every scope that applies', async (t) => {
  const config = configure({
    subnet: [option(66, 'subnet')],
    classes: [
      clientClass('always', { options: [option(66, 'class', { alwaysSend: true })] }),
      clientClass('never', { options: [option(66, 'class', { neverSend: true })] }),
    ],
  });
  const { of } = asker(config);
  t.match(optionsOf(of([])), [{ code: 66, unasked: false }]);
  t.match(optionsOf(of(['always'])), [{ code: 66, unasked: true }]);
  t.same(texts(of(['always'])), { 66: 'subnet' });
  t.same(optionsOf(of(['always', 'never'])), []);
});

t.test('an option for some classes is passed over for others', async (t) => {
  const config = configure({
    subnet: [
      option(66, 'phones', { clientClasses: ['phone'] }),
      option(66, 'all', { clientClasses: ['ALL'] }),
      option(67, 'phones', { clientClasses: ['phone', 'tablet'], alwaysSend: true }),
    ],
    global: [option(67, 'global')],
  });
  const { of } = asker(config);
  t.same(texts(of([])), { 66: 'all', 67: 'global' });
  t.same(texts(of(['phone'])), { 66: 'phones', 67: 'phones' });
  t.same(texts(of(['tablet'])), { 66: 'all', 67: 'phones' });
  t.match(optionsOf(of([])), [{}, { unasked: false }], 'always-send is for them too');
});

t.test('boot fields: host over classes over subnet, each field by itself', async (t) => {
  const config = configure(
    {
      classes: [
        clientClass('A', { nextServer: 0x0a000001 as never, bootFileName: 'a.efi' }),
        clientClass('B', { nextServer: 0x0a000002 as never, serverHostname: 'b' }),
      ],
    },
    { 'next-server': '192.0.2.1', 'server-hostname': 'subnet', 'boot-file-name': 'subnet.efi' },
  );
  const { of, plans } = asker(config);
  const fields = ({ nextServer, serverHostname, bootFileName }: ReplyPlan) => [
    nextServer,
    Buffer.from(serverHostname).toString(),
    Buffer.from(bootFileName).toString(),
  ];
  t.same(fields(of([])), [0xc0000201, 'subnet', 'subnet.efi']);
  t.same(fields(of(['A'])), [0x0a000001, 'subnet', 'a.efi']);
  t.same(fields(of(['B', 'A'])), [0x0a000002, 'b', 'a.efi']);
  t.same(fields(of(['A'], host(1, { serverHostname: 'host' }))), [0x0a000001, 'host', 'a.efi']);
  const nowhere = plans.withoutSubnet;
  const classes = new ClassSet(8);
  t.same(fields(plans.of(nowhere, classes, null)), [0, '', '']);
  classes.add(0);
  t.same(fields(plans.of(nowhere, classes, null)), [0x0a000001, '', 'a.efi'], 'a class needs no subnet');
});

t.test('roots of several pools are made once, and again when there are too many', async (t) => {
  const config = configure({ pool: [option(60, 'a')] });
  const { plans } = asker(config, 3);
  const root = (text: string) =>
    new PlanNode<SubnetScopes, HostConfig, ReplyPlan>({
      ...NO_SCOPES,
      pools: [{ options: [option(60, text)], vendorOptions: [] }],
    });
  const [a, b, c] = [root('a'), root('b'), root('c')];
  const ab = plans.join(a, b);
  t.equal(plans.join(a, b), ab);
  t.equal(ab.scopes.pools.length, 2);
  t.equal(plans.join(ab, c).scopes.pools.length, 3);
  for (const text of ['d', 'e', 'f']) plans.join(c, root(text));
  t.not(plans.join(a, b), ab, 'clients do not choose how many are kept');
});

t.test('option 54: the scopes that a client may name the server by', async (t) => {
  const id = (last: number): OptionConfig => option(54, String.fromCharCode(10, 0, 0, last));
  const config = configure({
    pool: [id(1)],
    network: [id(2)],
    classes: [clientClass('A', { options: [id(3)] })],
    global: [id(4)],
  });
  const { of, classes, maker } = asker(config);
  t.equal(of([]).serverIdentifier, 0x0a000002);
  t.equal(of([], host(1, { options: [id(5)] })).serverIdentifier, 0x0a000002);
  t.same([...serverIdentifiersOf(config, [{ address: 7 }])], [7, 0x0a000004, 0x0a000002]);
  t.equal(maker.serverIdentifiers[classes.find('A')], 0x0a000003);
  t.equal(asker({ ...config, sharedNetworks: [] }).of(['A']).serverIdentifier, 0x0a000003);
});

t.test('vendor options by enterprise, merged as all others', async (t) => {
  const config = configure({
    vendors: [vendor(4491, 2, 'subnet'), vendor(10, 1, 'ten', { alwaysSend: true })],
    classes: [clientClass('A', { vendorOptions: [vendor(4491, 2, 'A'), vendor(4491, 1, 'A')] })],
    global: [
      option(125, '\0\0\0\u0014\u0003\u0007\u0001x'),
      option(125, '\0\0\0\u0015', { alwaysSend: true }),
    ],
  });
  const { of } = asker(config);
  const shown = of(['A']).vendors.map(({ enterprise, parts, container }) => [
    enterprise,
    container,
    ...parts.map(({ encoded, unasked }) => [Buffer.from(encoded).toString('latin1'), unasked]),
  ]);
  t.same(shown, [
    [10, 'none', ['\u0001\u0003ten', true]],
    [20, 'unasked', ['\u0007\u0001x', true]],
    [21, 'unasked'],
    [4491, 'none', ['\u0001\u0001A', false], ['\u0002\u0006subnet', false]],
  ]);
  t.same(optionsOf(of(['A'])), []);
});

t.test('subnets that say the same of replies have one plan', async (t) => {
  const subnet = (number: number, more: object): object => ({
    id: number,
    subnet: `10.0.${number}.0/24`,
    pools: [{ pool: `10.0.${number}.1 - 10.0.${number}.9` }],
    ...more,
  });
  const dns = [{ name: 'domain-name-servers', data: '192.0.2.1' }];
  const config = configOf({
    'next-server': '192.0.2.9',
    subnet4: [
      subnet(1, {}),
      subnet(2, {}),
      subnet(3, { 'option-data': dns }),
      subnet(4, { 'option-data': dns }),
      subnet(5, { 'next-server': '192.0.2.8' }),
      subnet(6, { 'boot-file-name': 'x' }),
    ],
    'shared-networks': [{ name: 'n', subnet4: [subnet(7, {}), subnet(8, {})] }],
  });
  const roots = compileSubnets(config).map(({ plan, pools }) => {
    t.equal(pools[0]!.plan, plan, 'pools say nothing here');
    return plan;
  });
  t.same(
    roots.map((root) => roots.indexOf(root)),
    [0, 0, 2, 2, 4, 5, 6, 6],
  );
});

t.test('a combination is made once, and what was forgotten is made again', async (t) => {
  const names = Array.from({ length: 6 }, (_, index) => `class ${index}`);
  const config = configure({
    classes: names.map((name) => clientClass(name, { options: [option(66, name)] })),
  });
  const { of } = asker(config);
  const [first = '', second = ''] = names;
  t.equal(of([first, second]), of([first, second]));
  t.not(of([first, second]), of([second, first]));
  t.equal(of(['unknown', first, 'ALL']), of([first]), 'classes without a say cost no place');
  const plain = host(1, { hostname: 'x' });
  t.equal(of([first], plain), of([first]), 'nor hosts');
  const reserved = host(2, { options: [option(67, 'x')] });
  t.equal(of([first], reserved), of([first], reserved));

  const small = asker(config, 10);
  const hosts = [0, 1, 2, 3].map((number) => host(number, { options: [option(67, `host ${number}`)] }));
  for (let round = 0; round < 3; round++) {
    for (const one of names) {
      for (const other of names) {
        for (const [number, each] of hosts.entries())
          t.same(texts(small.of([one, other], each)), { 66: one, 67: `host ${number}` });
      }
    }
  }
});

t.test('the slots hold the longest reply that any classes make', async (t) => {
  const config = configure({
    pool: [option(224, 'x'.repeat(300))],
    classes: [
      clientClass('A', { options: [option(224, 'x'.repeat(200)), option(225, 'x'.repeat(700))] }),
      clientClass('B', { vendorOptions: [vendor(10, 1, 'x'.repeat(100))] }),
    ],
  });
  const empty = longestReplyBytes(configure({}));
  t.equal(longestReplyBytes(config) - empty, Math.ceil((304 + 706 + 7 + 102) / 64) * 64);
});
