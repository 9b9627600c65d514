/** Every command that Kea 2.2 and Tandem both have, with every kind of arguments: right, wrong, missing, too much. */

import type { KeaKind } from './kea.ts';

export interface CommandCase {
  readonly command: string;
  /** Absent when the command is sent without. */
  readonly args?: unknown;
}

type Arguments = Readonly<Record<string, unknown>>;

/** What stands where a map is needed, and maps that have nothing to do with the command. */
const NO_MAPS: readonly unknown[] = [null, [], 'x', 1, [1]];
const EMPTY: readonly unknown[] = [{}, { zzz: 1 }];
/** Values of every type and beyond every bound, for every parameter. */
const VALUES: readonly unknown[] = [null, '', 0, -1, 1, 1.5, true, 'x', [], {}, 4_294_967_296, 1e20];

const HW = '01:02:03:04:05:06';
/** Where the commands find a lease, and where they put one. */
export const THERE = '10.80.0.200';
export const FREE = '10.80.0.201';
export const SEED = { 'ip-address': THERE, 'hw-address': HW, 'client-id': '01:02:03', hostname: 'a.b' };

const LEASE = { 'ip-address': FREE, 'hw-address': HW };
const LEASE_PARAMETERS: Readonly<Record<string, readonly unknown[]>> = {
  'ip-address': [THERE, '10.80.0.020', '198.51.100.1', '2001:db8::1', '10.80.0', '10.80.0.256'],
  'subnet-id': [1, 2, 9],
  'hw-address': [
    'zz',
    '1',
    '1:2:3:4:5:6',
    '010203',
    '::',
    '01:02:03:',
    ':01',
    '01:zz:',
    '01:022:zz',
    '01::zz',
  ],
  'client-id': ['01:02', '0102', '01', 'zz', '01-02'],
  'valid-lft': [100, 4_294_967_295],
  expire: [1_900_000_000, 50],
  hostname: ['a.b', 'A.B'],
  'fqdn-fwd': [],
  'fqdn-rev': [],
  state: [2, 3, 4],
  'pool-id': [],
  'user-context': [{ a: 1 }],
  comment: [],
  'force-create': [false],
};
const WAYS: readonly Arguments[] = ['hw-address', 'client-id', 'duid', 'flex-id', 1].flatMap((type) =>
  [HW, '01:02:03', '01', '', 'zz', '::', 1].map((identifier) => ({
    'subnet-id': 2,
    'identifier-type': type,
    identifier,
  })),
);

/** What kills Kea 2.2: a negative age. */
function isSurvived({ command, args }: CommandCase): boolean {
  const { duration } = Object(args) as { duration?: unknown };
  return !command.startsWith('statistic-sample-age') || typeof duration !== 'number' || duration >= 0;
}

/** All cases of commands that only ask, or fail, or put a lease at FREE. */
export function commandCases(version: KeaKind): CommandCase[] {
  const of30 = version === 'kea 3.0' ? [...subnetSelectCases(), ...subnet4o6SelectCases()] : [];
  const of22 =
    version === 'kea 2.2' ? [...searchCases(), ...statCases(), ...statisticCases(), ...changeCases()] : [];
  return [...leaseCommandCases(), ...serverCases(), ...of22, ...of30].filter(isSurvived);
}

function leaseCommandCases(): CommandCase[] {
  return [
    ...leaseCases('lease4-add'),
    ...leaseCases('lease4-update'),
    ...around('lease4-get', { 'ip-address': THERE }, [
      { 'subnet-id': 2 },
      { 'ip-address': '2001:db8::1' },
      ...WAYS,
    ]),
    ...around('lease4-del', { 'ip-address': FREE }, [{ 'subnet-id': 2 }, { 'ip-address': '2001:db8::1' }]),
    ...around(
      'lease4-get-all',
      { subnets: [2] },
      listsOf('subnets', [[], [1, 2], ['x'], [0], [9], [1.5], [null]]),
    ),
    ...around('lease4-get-page', { from: 'start', limit: 10 }, [
      { from: THERE, limit: 2 },
      { from: '0.0.0.0', limit: 2 },
      { from: '2001:db8::1', limit: 2 },
    ]),
    ...around(
      'lease4-get-by-hw-address',
      { 'hw-address': HW },
      listsOf('hw-address', ['zz', '010203', '::', '1:2']),
    ),
    ...around(
      'lease4-get-by-client-id',
      { 'client-id': '01:02:03' },
      listsOf('client-id', ['zz', '01', '::', '0102']),
    ),
  ];
}

/** Commands that look through all leases, or delete them. */
function searchCases(): CommandCase[] {
  return [
    ...around('lease4-get-by-hostname', { hostname: 'a.b' }, listsOf('hostname', ['A.B', 'zz'])),
    ...around('lease4-wipe', { 'subnet-id': 9 }, listsOf('subnet-id', [3])),
    // Of all subnets, with something in them: the seed is put back before the next case.
    ...[{ 'subnet-id': 2 }, { 'subnet-id': 0 }].map((args) => ({ command: 'lease4-wipe', args })),
  ];
}

/** Of the library stat_cmds. */
function statCases(): CommandCase[] {
  const range = (first: unknown, last: unknown): Arguments => ({
    'subnet-range': { 'first-subnet-id': first, 'last-subnet-id': last },
  });
  return around('stat-lease4-get', { 'subnet-id': 2 }, [
    ...listsOf('subnet-id', [9, 1.5]),
    range(1, 9),
    range(8, 9),
    range(9, 1),
    range(2, 2),
    range(0, 9),
    range('x', 9),
    range(1, -1),
    { 'subnet-range': { 'first-subnet-id': 1 } },
    { 'subnet-range': [] },
    { ...range(1, 2), 'subnet-id': 1 },
  ]);
}

function statisticCases(): CommandCase[] {
  const name = 'pkt4-nak-sent';
  return [
    ...around('statistic-reset', { name }, [{ name: 'no-such-statistic' }]),
    ...around('statistic-sample-age-set', { name, duration: 10 }),
    ...around('statistic-sample-age-set-all', { duration: 10 }),
    ...around('statistic-sample-count-set', { name, 'max-samples': 5 }),
    ...around('statistic-sample-count-set-all', { 'max-samples': 20 }),
    ...around('statistic-reset-all', {}),
    ...around('statistic-remove', { name: 'no-such-statistic' }),
    { command: 'statistic-remove', args: { name } },
    { command: 'statistic-get', args: { name } },
  ];
}

function serverCases(): CommandCase[] {
  return [
    ...['status-get', 'version-get', 'list-commands', 'statistic-get-all', 'config-get'].flatMap((command) =>
      around(command, {}),
    ),
    ...around('statistic-get', { name: 'pkt4-received' }, [{ name: 'assigned-addresses' }]),
    ...around('config-test', {}, [
      { Dhcp6: {} },
      { Dhcp4: {}, x: 1 },
      ...listsOf('Dhcp4', [1, 'x', null, []]),
    ]),
    ...around('ha-heartbeat', {}),
    ...around('ha-continue', {}),
    ...around('ha-reset', {}),
    ...around('ha-sync-complete-notify', {}),
    ...around('ha-maintenance-cancel', {}),
    ...around('ha-maintenance-notify', { cancel: true }),
    ...around('ha-sync', { 'server-name': 'server2', 'max-period': 1 }),
    ...around(
      'ha-scopes',
      { scopes: ['server1'] },
      listsOf('scopes', [['nope'], [1], [''], ['server1', 'server2']]),
    ),
    ...around(
      'dhcp-disable',
      { 'max-period': 10, origin: 'user' },
      listsOf('origin', ['user', 'ha-partner', 2000]),
    ),
    ...around('dhcp-enable', { origin: 'user' }, listsOf('origin', ['ha-partner'])),
    ...[[], 'x', 1, { 'exit-value': 'x' }, { 'exit-value': 1.5 }].map((args) => ({
      command: 'shutdown',
      args,
    })),
    { command: 'no-such-command' },
  ];
}

function leaseCases(command: string): CommandCase[] {
  const varied = Object.entries(LEASE_PARAMETERS).flatMap(([name, values]) =>
    [...VALUES, ...values].map((value) => ({ ...LEASE, [name]: value })),
  );
  const named = { ...LEASE, hostname: 'a.b', 'fqdn-fwd': true, 'force-create': true };
  return around(command, LEASE, [...varied, named, { ...LEASE, 'force-create': true }]);
}

/** A right call, and the calls that are wrong in one thing. */
function around(command: string, right: Arguments, more: readonly unknown[] = []): CommandCase[] {
  const names = Object.keys(right);
  const without = names.map((name) =>
    Object.fromEntries(Object.entries(right).filter(([key]) => key !== name)),
  );
  const wrong = names.flatMap((name) => VALUES.map((value) => ({ ...right, [name]: value })));
  const all = [...NO_MAPS, ...EMPTY, right, { ...right, zzz: 1 }, ...without, ...wrong, ...more];
  return [{ command }, ...all.map((args) => ({ command, args }))];
}

function listsOf(name: string, values: readonly unknown[]): Arguments[] {
  return values.map((value) => ({ [name]: value }));
}

function subnetSelectCases(): CommandCase[] {
  const members = ['address', 'link', 'local', 'relay', 'remote', 'subnet'];
  const addresses = ['10.80.0.9', '10.64.0.1', '198.51.100.1', '0.0.0.0', '255.255.255.255', '::', '10.80.0'];
  const interfaces = [{}, { interface: 'servers' }, { interface: 'lo' }, { interface: 'no-such' }];
  const pairs = members.flatMap((one) =>
    members.map((other) => ({
      [one]: '10.80.0.9',
      [other]: other === 'local' ? '255.255.255.255' : '10.64.0.1',
    })),
  );
  const asked = [...members.flatMap((name) => listsOf(name, addresses)), ...pairs];
  return around('subnet4-select-test', { address: '10.80.0.9' }, [
    ...interfaces.flatMap((where) => [where, ...asked.map((each) => ({ ...where, ...each }))]),
    ...members.flatMap((name) => listsOf(name, VALUES)),
    ...listsOf('interface', ['', 1, null, []]),
    ...listsOf('classes', [[], ['x'], ['x', 1], 'x', null, {}]),
  ]);
}

/** No subnet is one for DHCPv4 over DHCPv6. */
function subnet4o6SelectCases(): CommandCase[] {
  const texts = [
    '',
    'x',
    'lo',
    '10.64.0.1',
    '2001:db8::1',
    'fe80::1%lo',
    '::ffff:10.0.0.1',
    '2001:db8::/32',
    '010.65.0.5',
  ];
  const identifiers = [
    "'eth0'",
    " 'a b' ",
    "''",
    "'",
    '0102',
    '102',
    '1:2',
    '01 02',
    '0x1',
    '0X01',
    '01:',
    '01-02',
    ' 01',
    '0g',
  ];
  const members = ['address', 'interface', 'interface-id', 'link', 'local', 'relay', 'remote', 'subnet'];
  return around('subnet4o6-select-test', { remote: '2001:db8::1' }, [
    ...members.flatMap((name) => listsOf(name, [...VALUES, ...texts])),
    ...listsOf('interface-id', identifiers),
    ...listsOf('classes', [[], ['x'], ['x', 1], 'x', null, {}]),
    { address: 1, zoo: 1 },
    { link: 'x', classes: 'y' },
    { remote: 1, 'interface-id': '' },
  ]);
}

/** Commands that change the configuration, or have work done. */
function changeCases(): CommandCase[] {
  return [
    ...around('config-set', {}, [
      { Dhcp6: {} },
      { Dhcp4: {}, x: 1 },
      ...listsOf('Dhcp4', [1, 'x', null, []]),
    ]),
    ...around('config-write', {}, [...listsOf('filename', [1, null, [], {}, true])]),
    ...around('leases-reclaim', { remove: true }, listsOf('remove', [false])),
    ...['build-report', 'server-tag-get', 'config-backend-pull'].flatMap((command) => around(command, {})),
  ];
}
