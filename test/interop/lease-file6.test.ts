/** A lease file of DHCPv6 moves from Tandem to Kea and back: the same leases, and the same clients keep them. */
import { copyFileSync, existsSync } from 'node:fs';
import t from 'tap';
import { MessageType } from '../../src/dhcp6/codes.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import type { Ia, Step } from './differential6/steps.ts';
import { toldOf } from './differential6/tree.ts';
import { needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { ADDRESS6, addressesUsable, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6, type DhcpServer6, type FiledLease6 } from './server6.ts';
import { KEAS_IN_TURN } from './turn.ts';

const CLIENTS = 12;
const ALL: readonly Ia[] = [
  { kind: 'na', iaid: 1, parts: [] },
  { kind: 'pd', iaid: 0xffff_fffe, parts: [] },
];
const DHCP6 = {
  'server-id': SERVER_ID,
  'preferred-lifetime': 3000,
  'valid-lifetime': 4000,
  'cache-max-age': 0,
  subnet6: [nearSubnet6()],
};
const LEASE_COMMANDS = { 'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }] };

/** A message of a client, on the link. */
function stepOf(client: number, type: number, ias: readonly Ia[]): Step {
  const duid = `00030001020000000a${client.toString(16).padStart(2, '0')}`;
  const server = type === MessageType.rebind ? null : 'own';
  return { script: client, type, duid, server, ias, options: [], relays: [] };
}

/** What each client has of each association, in words. */
function given(replies: readonly (Uint8Array | null)[]): string[] {
  return replies.map((reply) => JSON.stringify([...toldOf(reply!)]));
}

/** As lease6-get-all tells a lease of the file. */
function toldAs({ type, address, duid, iaid, subnetId, state, ...lease }: FiledLease6) {
  const [text, length] = address.split('/');
  return {
    'ip-address': text,
    type: type === 0 ? 'IA_NA' : 'IA_PD',
    ...(length !== undefined && { 'prefix-len': Number(length) }),
    duid,
    iaid,
    'subnet-id': subnetId,
    cltt: lease.expireSec - lease.validLifetimeSec,
    'preferred-lft': lease.preferredLifetimeSec,
    'valid-lft': lease.validLifetimeSec,
    state,
  };
}

async function allLeases(server: DhcpServer6): Promise<Record<string, unknown>[]> {
  const { arguments: told, text } = await server.command('lease6-get-all');
  if (told === undefined) throw new Error(text);
  return (told as { leases: Record<string, unknown>[] }).leases;
}

function byAddress<T extends { readonly 'ip-address'?: unknown }>(leases: readonly T[]): T[] {
  return [...leases].sort((a, b) => (`${a['ip-address']}` < `${b['ip-address']}` ? -1 : 1));
}

for (const version of KEAS_IN_TURN)
  t.test(`${version} goes on with Tandem's leases, and Tandem with what it makes of them`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const network = createNetwork(t, {
      [SERVERS_SEGMENT]: { server1: { address: ADDRESS6.server1 }, load: { address: ADDRESS6.load } },
    });
    await addressesUsable(network, [
      ['server1', SERVERS_SEGMENT],
      ['load', SERVERS_SEGMENT],
    ]);
    const create = (kind: ServerKind, more: Readonly<Record<string, unknown>> = {}): DhcpServer6 =>
      createServer6(network, kind, {
        name: 'server1',
        directory: temporaryDirectory(t),
        dhcp6: { ...DHCP6, ...more },
      });
    const clients = Array.from({ length: CLIENTS }, (_, client) => client);
    const ask = (who: readonly number[], type: number, ias: readonly Ia[]) =>
      playSteps(
        network,
        who.map((client) => stepOf(client, type, ias)),
      );

    const first = create(SUBJECT);
    await first.start();
    const granted = given(await ask(clients, MessageType.request, ALL));
    await ask([1], MessageType.release, named(granted[1]!));
    await ask([2], MessageType.decline, named(granted[2]!).slice(0, 1));
    t.same(await first.stop(), { code: 0, signal: null });
    const written = first.leases();
    t.equal(
      written.length,
      2 * (CLIENTS - 1) + 1,
      'all but those released, and that of the one behind every message',
    );

    const kea = create(version, LEASE_COMMANDS);
    moveLeases(first, kea);
    await kea.start();
    const taken = await allLeases(kea);
    t.equal(taken.length, written.length);
    t.match(byAddress(taken), byAddress(written.map(toldAs)), 'Kea has them all');
    const others = clients.slice(3);
    const renewed = await ask(others, MessageType.rebind, ALL);
    t.same(given(renewed), granted.slice(3), 'and extends them');
    t.same(await kea.stop(), { code: 0, signal: null });

    const last = create(SUBJECT);
    moveLeases(kea, last);
    await last.start();
    const again = await ask(others, MessageType.rebind, ALL);
    t.same(given(again), granted.slice(3), 'each is known again');
    t.same(await last.stop(), { code: 0, signal: null });
    const kept = (leases: readonly FiledLease6[]) => leases.map(ownership).sort();
    t.same(kept(last.leases()), kept(written));
  });

/** With what a clean-up leaves beside the file: Kea 2.2 has one at once where a file has newer columns than it knows. */
function moveLeases(from: DhcpServer6, to: DhcpServer6): void {
  for (const ending of ['', '.1', '.2', '.completed']) {
    const file = `${from.leaseFile}${ending}`;
    if (existsSync(file)) copyFileSync(file, `${to.leaseFile}${ending}`);
  }
}

/** What was granted, as a client names it. */
function named(text: string): Ia[] {
  const told = JSON.parse(text) as [string, string[]][];
  return told.map(([ia, parts]) => {
    const [kind, iaid] = ia.split(' ');
    return { kind: kind as Ia['kind'], iaid: Number(iaid), parts };
  });
}

function ownership({ type, address, duid, iaid, state }: FiledLease6): string {
  return `${type} ${address} ${duid} ${iaid} ${state}`;
}
