/** What the run_script library tells of DHCPv4 leases: the same calls with the same environment from Kea 2.2, Kea 3.0 and Tandem. */
import t, { type Test } from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS } from './configuration.ts';
import { type KeaKind, needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { awaitCalls, callsIn, writeScript } from './script-calls.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

const { discover, request, decline, release, inform } = MessageType;
/** The client behind each query, which has nothing to tell. */
const BEHIND = 'QUERY4_HWADDR=02:00:00:00:00:01';
const RECOVERED_TIMEOUT_MS = 10_000;

function configured(directory: string): Readonly<Record<string, unknown>> {
  const script = {
    library: 'libdhcp_run_script.so',
    parameters: { name: writeScript(directory), sync: false },
  };
  const pooled = (net: number) => ({
    id: net,
    subnet: `10.9${net}.0.0/24`,
    pools: [{ pool: `10.9${net}.0.1 - 10.9${net}.0.2` }],
  });
  return {
    ...ORDERLY,
    'decline-probation-period': 1,
    'expired-leases-processing': { 'reclaim-timer-wait-time': 1, 'flush-reclaimed-timer-wait-time': 0 },
    'hooks-libraries': [script],
    'client-classes': [{ name: 'strange', test: "member('UNKNOWN')" }],
    subnet4: [
      { id: 1, subnet: '10.64.0.0/14', pools: [{ pool: '10.65.0.0 - 10.65.255.255' }] },
      pooled(2),
      // Whether a client is known is not said before the subnet is selected, so that nobody may use these.
      { ...pooled(3), 'client-class': 'UNKNOWN' },
      { ...pooled(4), 'client-class': 'strange' },
      { ...pooled(5), 'cache-threshold': 0.25 },
    ],
  };
}

type Options = readonly (readonly [code: number, octets: readonly number[]])[];

let queries = 0;

/** Through a relay that says which subnet it is, and which port: in digits of both cases. */
function query(type: number, client: number, net: number, options: Options, ciaddr = '0.0.0.0') {
  const agent = [82, [1, 2, 0xab, 0x1c, 2, 1, 0xef, 5, 4, ...ip(`10.9${net}.0.0`)]] as const;
  const mac = `02:00:00:0b:00:0${client}`;
  const all = [...options, agent];
  const fields = { type, xid: ++queries, mac, giaddr: ADDRESS.load, ciaddr, options: all };
  return { datagram: packet(fields) };
}

const wanted = (address: string): Options => [[50, ip(address)]];
const chosen = (address: string): Options => [...wanted(address), [54, ip(ADDRESS.server1)]];
const OWN: Options = [[54, ip(ADDRESS.server1)]];

const QUERIES = [
  query(discover, 1, 2, []),
  query(request, 1, 2, chosen('10.92.0.1')),
  query(request, 1, 2, [], '10.92.0.1'),
  query(request, 1, 2, wanted('10.92.0.1')),
  query(request, 1, 2, chosen('10.92.0.2')),
  query(request, 2, 2, chosen('10.92.0.1')),
  query(request, 3, 5, chosen('10.95.0.1')),
  // What follows changes no lease.
  query(request, 3, 5, chosen('10.95.0.1')),
  query(request, 2, 2, chosen('10.92.0.2')),
  query(request, 1, 2, wanted('10.92.0.77')),
  query(request, 9, 2, wanted('10.92.0.77')),
  query(request, 1, 9, chosen('10.99.0.1')),
  query(request, 4, 3, chosen('10.93.0.1')),
  query(request, 4, 4, chosen('10.94.0.1')),
  query(request, 1, 2, [...wanted('10.92.0.1'), [54, [192, 0, 2, 1]]]),
  query(discover, 4, 3, []),
  query(inform, 1, 2, [], '10.92.0.9'),
  query(release, 9, 2, OWN, '10.92.0.2'),
  query(release, 9, 2, OWN, '10.92.0.99'),
  query(release, 9, 2, OWN),
  query(decline, 9, 2, chosen('10.92.0.2')),
  query(decline, 9, 2, chosen('10.92.0.99')),
  query(decline, 9, 2, OWN),
  // These end leases.
  query(decline, 1, 2, chosen('10.92.0.2')),
  query(release, 3, 5, OWN, '10.95.0.1'),
];

function isTold(call: string): boolean {
  return !call.includes(BEHIND);
}

for (const version of KEAS_IN_TURN)
  t.test(`scripts, beside ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const tell = async (kind: KeaKind | typeof SUBJECT): Promise<() => string[]> => {
      const { server, network, directory } = sideOf(t, kind);
      const read = (): string[] => callsIn(directory, version, isTold);
      await server.start();
      await askAsRelay(network, 'server1', QUERIES);
      const isBack = (): true | null =>
        read().some((call) => call.startsWith('lease4_recover')) ? true : null;
      await until({ what: 'what was declined comes back', timeoutMs: RECOVERED_TIMEOUT_MS }, isBack);
      return read;
    };
    const [kea, own] = await Promise.all([tell(version), tell(SUBJECT)]);
    const byKea = kea!();
    t.same(await awaitCalls(byKea.length, own!), byKea);
    t.ok(byKea.length > 20, `${byKea.length} calls`);
  });

/** A server in a network of its own, so that both have the same address. */
function sideOf(t: Test, kind: KeaKind | typeof SUBJECT) {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, serversSegment());
  const dhcp4 = configured(directory);
  const server: DhcpServer = createServer(network, kind, { name: 'server1', directory, mode: null, dhcp4 });
  return { directory, network, server };
}
