/**
 * The directions between the folders of src. Each folder names the folders it may import; every other arrow is
 * forbidden by a rule of its own. Type imports cost nothing at run time and are free, but for the data plane.
 */

/**
 * Pure types and constants that stand for an agreement between parts: anyone may import them. The family of a peer is one of
 * them: what a lease update of DHCPv4 or DHCPv6 is called and looks like, with neither state nor connections.
 */
const CONTRACTS =
  '^src/(config/(model|dhcp6/model|class-model|control-model|ddns-model|ha-model|hook-model|host-model)|engine/policy|control/answer|peer/(model|dhcp[46]/family)|log/(logger|messages)|errors|limits|version)\\.ts$';

/** The data plane: here type imports count too, for a type is a dependency of thought. */
const DATA_PLANE = {
  base: [],
  options: ['base'],
  dhcp4: ['base', 'options'],
  dhcp6: ['base', 'options'],
  classes: ['base', 'options', 'dhcp4', 'dhcp6'],
  wasm: ['base', 'dhcp4', 'dhcp6'],
  lease: ['base', 'dhcp4', 'dhcp6'],
  loadbalance: ['base'],
  hosts: ['base'],
  engine: ['base', 'options', 'dhcp4', 'dhcp6', 'classes', 'lease', 'hosts', 'loadbalance'],
  io: ['base'],
  shard: [
    'base',
    'dhcp4',
    'dhcp6',
    'classes',
    'wasm',
    'lease',
    'hosts',
    'loadbalance',
    'engine',
    'io',
    'journal',
  ],
};

const MAIN_SIDE = {
  credentials: ['base'],
  config: ['base', 'options', 'dhcp4', 'dhcp6', 'classes', 'credentials'],
  log: ['base', 'io'],
  ha: ['base', 'lease', 'loadbalance'],
  ddns: ['base', 'options', 'lease', 'engine'],
  journal: ['base', 'lease', 'io'],
  peer: ['base', 'lease', 'io', 'engine', 'credentials', 'control'],
  link: ['base', 'lease', 'engine', 'io', 'journal'],
  carrier: ['base', 'io', 'link', 'shard'],
  control: ['base', 'lease', 'io', 'engine', 'credentials'],
  load: ['base', 'dhcp4', 'dhcp6', 'io'],
  events: ['base', 'lease', 'engine'],
  hooks: ['base', 'dhcp4', 'lease', 'engine', 'events', 'io'],
  app: [
    'base',
    'dhcp4',
    'dhcp6',
    'wasm',
    'lease',
    'loadbalance',
    'ha',
    'config',
    'credentials',
    'ddns',
    'engine',
    'events',
    'hooks',
    'io',
    'shard',
    'journal',
    'link',
    'peer',
    'control',
    'log',
  ],
  demo: ['base', 'lease', 'journal', 'load'],
  cli: ['base', 'config', 'log', 'control', 'app', 'demo', 'load'],
};

/** Each library has one door, so that replacing it is a change in one folder. */
const DOORS = {
  koffi: '^src/io/',
  piscina: '^src/app/',
  undici: '^src/(peer|cli|demo)/',
  fastify: '^src/(control|peer)/',
  'prom-client': '^src/control/',
  pino: '^src/log/',
  commander: '^src/(cli/|main\\.ts$)',
  'jsonc-parser': '^src/config/',
  'lru-cache': '^src/control/',
};

const folders = [...Object.keys(DATA_PLANE), ...Object.keys(MAIN_SIDE)];

function arrows(allowed, to) {
  return Object.entries(allowed).flatMap(([from, may]) =>
    folders
      .filter((folder) => folder !== from && !may.includes(folder))
      .map((folder) => ({
        name: `${from}-not-to-${folder}`,
        comment: `src/${from} stands before or beside src/${folder}: move what both need to a folder before both.`,
        severity: 'error',
        from: { path: `^src/${from}/` },
        to: { path: `^src/${folder}/`, pathNot: CONTRACTS, ...to },
      })),
  );
}

const doors = Object.entries(DOORS).map(([library, door]) => ({
  name: `only-door-of-${library}`,
  comment: `${library} is used behind ${door} only.`,
  severity: 'error',
  from: { path: '^src/', pathNot: door },
  to: { path: `node_modules/${library}/`, dependencyTypesNot: ['type-only'] },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one idea or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing reaches is dead.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that does not resolve.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-test',
      comment: 'The product does not know its tests and benches.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'The installed package lacks development dependencies.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-entry',
      comment: 'Entries import, nobody imports an entry.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main\\.ts$' },
      to: { path: '^src/(main|worker)\\.ts$' },
    },
    {
      name: 'pure-folders-do-no-io',
      comment:
        'Codec, lease table, engine and the HA reducer take clock, transport and journal as arguments.',
      severity: 'error',
      from: {
        path: '^src/(base|dhcp4|dhcp6|wasm|lease|loadbalance|engine|ha)/',
        pathNot: '^src/wasm/module\\.ts$',
      },
      to: {
        path: '^(node:)?(fs|net|http|https|tls|dgram|dns|child_process|worker_threads|cluster|timers)(/|$)',
      },
    },
    {
      name: 'ha-reducer-knows-no-service',
      comment: 'step() is a pure function: the service performs its effects and is not reachable from it.',
      severity: 'error',
      from: { path: '^src/ha/machine/' },
      to: { path: '^src/ha/(commands|service|switch|sync|wire)/', reachable: true },
    },
    {
      name: 'lease-rooms-hang-on-the-common-part',
      comment: 'What both families need of leases knows neither of them.',
      severity: 'error',
      from: { path: '^src/lease/[^/]+$' },
      to: { path: '^src/lease/dhcp[46]/' },
    },
    {
      name: 'leases-of-dhcp4-know-none-of-dhcp6',
      comment: 'What both families need stands in src/lease itself.',
      severity: 'error',
      from: { path: '^src/lease/dhcp4/' },
      to: { path: '^src/lease/dhcp6/' },
    },
    {
      name: 'leases-of-dhcp6-know-none-of-dhcp4',
      comment: 'What both families need stands in src/lease itself.',
      severity: 'error',
      from: { path: '^src/lease/dhcp6/' },
      to: { path: '^src/lease/dhcp4/' },
    },
    {
      name: 'sections-of-a-family-hang-on-the-common-part',
      comment: 'What both families need of a configuration knows neither of them.',
      severity: 'error',
      from: { path: '^src/config/sections/[^/]+$' },
      to: { path: '^src/config/sections/dhcp[46]/' },
    },
    {
      name: 'rooms-of-one-family-know-none-of-the-other',
      comment: 'What both families need stands in the common part.',
      severity: 'error',
      from: { path: '^src/(shard|app/sockets)/(dhcp[46])/' },
      to: { path: '^src/(shard|app/sockets|lease)/dhcp[46]/', pathNot: '^src/(shard|app/sockets|lease)/$2/' },
    },
    {
      name: 'sections-of-one-family-know-none-of-the-other',
      comment: 'What both families need stands in src/config/sections itself.',
      severity: 'error',
      from: { path: '^src/config/sections/(dhcp[46])/' },
      to: { path: '^src/config/sections/dhcp[46]/', pathNot: '^src/config/sections/$1/' },
    },
    ...arrows(DATA_PLANE, {}),
    ...arrows(MAIN_SIDE, { dependencyTypesNot: ['type-only'] }),
    ...doors,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
