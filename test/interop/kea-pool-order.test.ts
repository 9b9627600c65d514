/** Which pool of a subnet is given of first: in both families that with the lowest addresses, wherever it stands in the file. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { MessageType as MessageType6 } from '../../src/dhcp6/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { createSide, play } from './differential6/side.ts';
import type { Step } from './differential6/steps.ts';
import { treeOf } from './differential6/tree.ts';
import { FAR } from './differential6/ways.ts';
import { needServers } from './kea.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

/** By the place in the file; of two addresses, or of two prefixes each. */
const ORDERS = [
  [2, 1, 3],
  [3, 2, 1],
] as const;
/** One for each address, and one more. */
const CLIENTS = 7;

const DHCP4 = {
  ...ORDERLY,
  subnet4: [
    { id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] },
    ...ORDERS.map((order, index) => ({
      id: index + 2,
      subnet: `10.9${index}.0.0/16`,
      pools: order.map((pool) => ({ pool: `10.9${index}.${pool}.1 - 10.9${index}.${pool}.2` })),
    })),
  ],
};

function discovers() {
  return ORDERS.flatMap((_, index) =>
    Array.from({ length: CLIENTS }, (_, client) => {
      const mac = `02:00:00:09:0${index}:0${client}`;
      const options = [[82, [5, 4, ...ip(`10.9${index}.0.0`)]]] as const;
      const xid = index * CLIENTS + client + 1;
      return {
        datagram: packet({ type: MessageType.discover, mac, xid, giaddr: ADDRESS.load, options }),
      };
    }),
  );
}

for (const version of KEAS_IN_TURN) {
  t.test(`addresses of DHCPv4, beside ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    const given = async (server: ServerName): Promise<string[]> =>
      (await askAsRelay(network, server, discovers())).map(({ reply }) =>
        reply === null ? 'silence' : reply.yiaddr,
      );
    t.same(await given('server2'), await given('server1'));
    await Promise.all([kea.stop(), own.stop()]);
  });

  t.test(`addresses and prefixes of DHCPv6, beside ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const far = ORDERS[0].map((at) => ({ pool: `2001:db8:2::${at}000 - 2001:db8:2::${at}001` }));
    const prefixes = ORDERS[0].map((at) => ({
      prefix: `2001:db8:${at}000::`,
      'prefix-len': 55,
      'delegated-len': 56,
    }));
    const dhcp6 = { subnet6: [nearSubnet6(), farSubnet6({ pools: far, 'pd-pools': prefixes })] };
    const steps = Array.from({ length: CLIENTS }, (_, client): Step => {
      const duid = `0003000102000000090${client}`;
      const ias = [
        { kind: 'na', iaid: 1, parts: [] },
        { kind: 'pd', iaid: 2, parts: [] },
      ] as const;
      return {
        script: client,
        type: MessageType6.request,
        duid,
        server: 'own',
        ias,
        options: [],
        relays: FAR,
      };
    });
    const [kea, subject] = await Promise.all(
      [version, SUBJECT].map(async (kind) => play(t, await createSide(t), kind, dhcp6, steps)),
    );
    t.same(subject!.replies.map(treeOf), kea!.replies.map(treeOf));
  });
}
