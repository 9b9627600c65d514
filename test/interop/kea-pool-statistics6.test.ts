/**
 * Statistics of pools of DHCPv6, which Kea has since 3.0: what clients, commands, expiry and a restart make of them is the same there
 * and here. Kea 3.0 counts a lease for the pool that its address lies in; when it starts, by the number in the row, so that the rows
 * that contradict their addresses are gone by then.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { playSteps } from './differential6/player.ts';
import type { Ia, Step } from './differential6/steps.ts';
import { needServers } from './kea.ts';
import { nearSubnet6 } from './scene6.ts';
import { type Side6, sidesBesideKea6 } from './sides6.ts';

const RESERVED = '2001:db8:1::4000';
const client = (number: number): string => `00030001020000000${number}00`;

const DHCP6 = {
  'preferred-lifetime': 3000,
  'valid-lifetime': 4000,
  'cache-max-age': 0,
  'expired-leases-processing': { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 },
  'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }],
  subnet6: [
    nearSubnet6({
      pools: [
        { pool: '2001:db8:1::1000 - 2001:db8:1::1007' },
        { pool: '2001:db8:1::2000 - 2001:db8:1::2007', 'pool-id': 5 },
        { pool: '2001:db8:1::3000 - 2001:db8:1::3001', 'pool-id': 5 },
      ],
      'pd-pools': [
        { prefix: '2001:db8:8001::', 'prefix-len': 48, 'delegated-len': 56, 'pool-id': 5 },
        { prefix: '2001:db8:8000::', 'prefix-len': 48, 'delegated-len': 56 },
      ],
      reservations: [{ duid: client(9), 'ip-addresses': [RESERVED] }],
    }),
    { id: 2, subnet: '2001:db8:2::/64', pools: [{ pool: '2001:db8:2::/112', 'pool-id': 5 }] },
    { id: 3, subnet: '2001:db8:3::/64' },
  ],
};

const na = (address: string): Ia => ({ kind: 'na', iaid: 1, parts: [`2001:db8:1::${address}`] });
const pd = (prefix: string): Ia => ({ kind: 'pd', iaid: 2, parts: [`2001:db8:${prefix}::/56`] });

type Does = (side: Side6) => Promise<unknown>;

/** A message of a client, answered. */
function asks(number: number, type: number, ...ias: Ia[]): Does {
  const step: Step = {
    script: number,
    type,
    duid: client(number),
    server: 'own',
    ias,
    options: [],
    relays: [],
  };
  return async ({ network }) => {
    const [reply] = await playSteps(network, [step]);
    if (reply === null) throw new Error(`no reply to ${JSON.stringify(step)}`);
  };
}

function does(command: string, args?: Readonly<Record<string, unknown>>): Does {
  return async ({ server }) => {
    const { result, text } = await server.command(command, args);
    if (result !== 0) throw new Error(`${command} ${JSON.stringify(args)}: ${text}`);
  };
}

/** A lease by command. */
function adds(address: string, more: Readonly<Record<string, unknown>> = {}): Does {
  return does('lease6-add', { 'subnet-id': 1, ...leaseOf(address), ...more });
}

const leaseOf = (address: string) => ({ 'ip-address': `2001:db8:${address}`, duid: '01:02:03:04', iaid: 77 });

/** A lease that has been over for a while. */
const over = () => ({ 'valid-lft': 100, expire: Math.floor(Date.now() / 1000) - 1000 });
const prefix = (length: number) => ({ type: 'IA_PD', 'prefix-len': length });

const { request, renew, release, decline } = MessageType;

const OF_CLIENTS: readonly (readonly [what: string, does: Does])[] = [
  ['the start', ({ server }) => server.start()],
  ['an address and a prefix', asks(1, request, na('1001'), pd('8000'))],
  ['of the other pools', asks(2, request, na('2000'), pd('8001'))],
  ['of the second one with the number', asks(3, request, na('3000'))],
  ['an address that is reserved, in no pool', asks(9, request, na('4000'))],
  ['a renewal', asks(2, renew, na('2000'), pd('8001'))],
  ['a release', asks(1, release, na('1001'), pd('8000'))],
  ['a return', asks(1, request, na('1001'), pd('8000'))],
  ['a decline', asks(2, decline, na('2000'))],
];

/** Leases that Kea's commands give count as given there for clients alone: what was ever given is not compared. */
const OF_COMMANDS: readonly (readonly [what: string, does: Does])[] = [
  ['a lease without a number', adds('1::2001')],
  ['one with the number of its pool', adds('1::2002', { 'pool-id': 5 })],
  ['one with that of another pool', adds('1::1003', { 'pool-id': 5 })],
  ['one of no pool', adds('1::7000', { 'pool-id': 5 })],
  ['one with a number that no pool has', adds('1::2003', { 'pool-id': 99 })],
  ['a declined one', adds('1::1002', { state: 1 })],
  ['one of another subnet', adds('2::7', { 'subnet-id': 2 })],
  ['one of a subnet without pools', adds('3::7', { 'subnet-id': 3, 'pool-id': 5 })],
  ['a prefix without a number', adds('8001:200::', prefix(56))],
  ['one with that of another pool', adds('8000:300::', { ...prefix(56), 'pool-id': 5 })],
  ['a longer prefix within another', adds('8001:ffff::', prefix(64))],
  ['another number in a row', does('lease6-update', { 'subnet-id': 1, ...leaseOf('1::2002'), 'pool-id': 0 })],
  ["a partner's leases", does('lease6-bulk-apply', { leases: [{ 'subnet-id': 1, ...leaseOf('1::3001') }] })],
  ['one that is over', adds('1::1004', over())],
  ['a declined one that is over', adds('1::2004', { ...over(), state: 1 })],
  ['a prefix that is over', adds('8001:500::', { ...prefix(56), ...over() })],
  ['a client that takes what was over', asks(4, request, na('1004'), pd('8001:500'))],
  ['the end of what is over', does('leases-reclaim', { remove: true })],
  ['a release of what is in no pool', asks(9, release, na('4000'))],
  ['a deletion', does('lease6-del', { 'ip-address': '2001:db8:1::2001' })],
  ['of a prefix', does('lease6-del', { 'ip-address': '2001:db8:8000:300::', type: 'IA_PD' })],
  ...['1::1003', '1::7000', '1::2002', '1::2003', '1::3001', '2::7', '3::7'].map(
    (address) =>
      [`a deletion, ${address}`, does('lease6-del', { 'ip-address': `2001:db8:${address}` })] as const,
  ),
  ...['8001:200::', '8001:ffff::'].map(
    (each) =>
      [
        `a deletion, ${each}`,
        does('lease6-del', { 'ip-address': `2001:db8:${each}`, type: 'IA_PD' }),
      ] as const,
  ),
];

/** What is counted of pools. @param isOfClients cumulative ones too */
async function ofPools({ server }: Side6, isOfClients: boolean): Promise<Record<string, unknown>> {
  const { arguments: all } = await server.command('statistic-get-all');
  return Object.fromEntries(
    Object.entries(all as Record<string, [[unknown]]>)
      .filter(([name]) => /\]\.(pd-)?pool\[/.test(name) && (isOfClients || !name.includes('cumulative')))
      .map(([name, [[value]]]) => [name, value]),
  );
}

t.test('what is counted of pools of addresses and of prefixes', async (t) => {
  if (!needServers(t, ['kea 3.0'], ['ip'], 'kea-dhcp6')) return;
  const sides = await sidesBesideKea6(t, 'kea 3.0', () => DHCP6);
  const compare = async (what: string, does: Does, isOfClients: boolean): Promise<void> => {
    const [theirs, ours] = await Promise.all(
      [sides.kea, sides.own].map(async (side) => {
        await does(side);
        return ofPools(side, isOfClients);
      }),
    );
    t.same(ours, theirs, what);
  };
  for (const [what, does] of OF_CLIENTS) await compare(what, does, true);
  for (const [what, does] of OF_COMMANDS) await compare(what, does, false);
  const again: Does = async ({ server }) => {
    await server.stop();
    await server.start();
  };
  await compare('a restart', again, true);
  await compare('a release after it', asks(3, release, na('3000')), true);
  await Promise.all([sides.kea.server.stop(), sides.own.server.stop()]);
});
