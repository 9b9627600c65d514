/**
 * A lease file with something odd in every line, read by a Kea and by Tandem: what Tandem keeps, Kea keeps as the same lease;
 * what Kea keeps alone no Kea writes.
 */
import { writeFileSync } from 'node:fs';
import t from 'tap';
import { HEADER, HEADER_2_1 } from '../journal/support/rows.ts';
import { type KeaKind, needServers, type ServerKind } from './kea.ts';
import { type OddLine, oddLines } from './lease-lines.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { createServer } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

const DHCP4 = {
  'interfaces-config': { interfaces: [], 'dhcp-socket-type': 'udp' },
  'expired-leases-processing': { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 },
  'sanity-checks': { 'lease-checks': 'none' },
};

/** What Kea keeps and Tandem names in the log and skips, or reads otherwise; each with its reason. */
const DIFFERENCES: readonly (readonly [what: RegExp, reason: string])[] = [
  [/=[-+]\d/, 'a number has no sign'],
  [/^client_id=0102$/, 'octets have colons between them'],
  [/^expire=(\d{13,}|01|0|3999|4000)$/, 'the last transaction is between 1970 and 2106'],
  [
    /^valid_lifetime=\d+, expire=(0|1|4294967295|858993459\d)$/,
    'the last transaction is between 1970 and 2106',
  ],
  [/^valid_lifetime=4294967295$/, 'the last transaction is between 1970 and 2106'],
  [/^state=4$/, 'the state 4 belongs to DHCPv6'],
  [/^user_context=\{"a":(01|1\.|"&#x09")\}$/, 'a user context is JSON'],
  [/^user_context=\{"a":"\\u2028"\}$/, 'a user context is JSON'],
  [/^user_context= ?\{ ?\}$/, 'Kea 3 forgets an empty map'],
  [/^hostname=&#x2?$/, 'an escape has two digits'],
  [/^hostname=$/, 'the flags of a name belong to a name'],
  [/^hostname=\u00e9$/, 'a name is UTF-8'],
  [/^a (comma|column) more$/, 'a row has the columns of the header'],
];

type Told = Readonly<Record<string, unknown>> & { readonly 'ip-address': string };

for (const version of KEAS_IN_TURN) {
  t.test(`odd lines of a lease file: Tandem keeps what ${version} keeps`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const lines = oddLines(version === 'kea 2.2' ? 11 : 12);
    const [kea, tandem] = [await read(version, version, lines), await read('tandem', version, lines)];
    const used = new Set<string>();
    let same = 0;
    for (const { address, what, line } of lines) {
      const [theirs, ours] = [kea.get(address), tandem.get(address)];
      const reason = DIFFERENCES.find(([pattern]) => pattern.test(what))?.[1];
      if (JSON.stringify(theirs) === JSON.stringify(ours)) same++;
      else if (reason === undefined) t.same(ours, theirs, `${what}: ${line}`);
      else used.add(reason);
    }
    t.ok(same > 130, `${same} of ${lines.length} lines are read the same`);
    t.comment([...used].join('; '));
  });

  /** The leases of a server that starts on the lines. */
  async function read(
    kind: ServerKind,
    writer: KeaKind,
    lines: readonly OddLine[],
  ): Promise<Map<string, Told>> {
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, { nothing: { server1: {} } });
    const server = createServer(network, kind, { name: 'server1', directory, mode: null, dhcp4: DHCP4 });
    const header = writer === 'kea 2.2' ? HEADER_2_1 : HEADER;
    writeFileSync(server.leaseFile, `${header}${lines.map(({ line }) => `${line}\n`).join('')}`, 'latin1');
    await server.start();
    const answer = await server.command('lease4-get-all');
    await server.stop();
    const { leases } = answer.arguments as { leases: Told[] };
    return new Map(leases.map((lease) => [lease['ip-address'], lease]));
  }
}
