/** BIND and kea-dhcp-ddns on a host of a network: zones that anybody on the host may change, and the way to them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from './network.ts';
import { until } from './waiting.ts';

const FORWARD = 'example.com';
const REVERSES = ['10.in-addr.arpa', '8.b.d.0.1.0.0.2.ip6.arpa'];
const START_MS = 20_000;
/** BIND does not serve a zone whose name server has no address. */
const ZONE =
  '$TTL 60\n@ IN SOA ns.example.com. root.example.com. 1 3600 600 86400 60\n@ IN NS ns.example.com.\n';

export interface DnsServer {
  /** What `dig` says of a name: the data of its records of a type, an empty list for none. */
  query(name: string, type: string): Promise<string[]>;
  /** Resolves when the records of a name are the wanted ones. @throws Error when they are not in time */
  has(name: string, type: string, wanted: (data: readonly string[]) => boolean): Promise<void>;
}

/** Starts both. */
export async function startDns(network: Network, host: string, directory: string): Promise<DnsServer> {
  const base = join(directory, 'dns');
  mkdirSync(base);
  writeFileSync(join(base, FORWARD), `${ZONE}ns IN A 127.0.0.1\n`);
  for (const zone of REVERSES) writeFileSync(join(base, zone), ZONE);
  writeFileSync(join(base, 'named.conf'), namedConf(base));
  writeFileSync(join(base, 'ddns.json'), JSON.stringify(ddnsConf()));
  const named = network.start(host, 'named', ['-g', '-n', '1', '-c', join(base, 'named.conf')]);
  await named.waitForOutput(/running\n/, START_MS);
  const env = { KEA_LOCKFILE_DIR: 'none', KEA_PIDFILE_DIR: base };
  const ddns = network.start(host, 'kea-dhcp-ddns', ['-c', join(base, 'ddns.json')], { env });
  await ddns.waitForOutput(/DHCP_DDNS_STARTED/, START_MS);
  const query = async (name: string, type: string): Promise<string[]> => {
    const args = ['@127.0.0.1', '+short', '+norecurse', '+tries=1', '+time=2', name, type];
    const { output } = await network.run(host, 'dig', args);
    return output.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  };
  return {
    query,
    has: async (name, type, wanted) => {
      const what = `the records ${type} of ${name}`;
      await until({ what, timeoutMs: START_MS }, async () =>
        wanted(await query(name, type)) ? true : null,
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${ddns.output().slice(-2000)}\n${named.output().slice(-2000)}`);
      });
    },
  };
}

function namedConf(base: string): string {
  const zones = [FORWARD, ...REVERSES].map(
    (zone) =>
      `zone "${zone}" { type primary; file "${join(base, zone)}"; allow-update { 127.0.0.1; }; check-names ignore; };`,
  );
  return `
options {
  directory "${base}"; pid-file none; session-keyfile "${join(base, 'session.key')}"; managed-keys-directory "${base}";
  listen-on { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; check-integrity no;
};
controls { };
${zones.join('\n')}
`;
}

function ddnsConf(): unknown {
  const domains = (...names: string[]): unknown => ({
    'ddns-domains': names.map((name) => ({
      name: `${name}.`,
      'dns-servers': [{ 'ip-address': '127.0.0.1' }],
    })),
  });
  const logger = { name: 'kea-dhcp-ddns', severity: 'INFO', output_options: [{ output: 'stdout' }] };
  return {
    DhcpDdns: {
      'ip-address': '127.0.0.1',
      port: 53001,
      'forward-ddns': domains(FORWARD),
      'reverse-ddns': domains(...REVERSES),
      loggers: [logger],
    },
  };
}
