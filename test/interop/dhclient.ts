/** ISC dhclient on a host of the network: own files for everything, and a script that touches nothing but its address. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from './network.ts';
import type { RunningProgram } from './programs.ts';
import { until } from './waiting.ts';

/** One call of the client script. */
export interface ClientEvent {
  /** dhclient's word: PREINIT, BOUND, RENEW, REBIND, REBOOT, EXPIRE, FAIL, RELEASE, STOP. */
  readonly reason: string;
  readonly address: string;
  /** Option 54. */
  readonly server: string;
}

export interface DhcpClient<Event = ClientEvent> {
  /** Starts dhclient; resolves when it has an address. */
  bind(timeoutMs: number): Promise<Event>;
  events(): Event[];
  /** Resolves with the next event from now that satisfies `wanted`. */
  next(what: string, timeoutMs: number, wanted: (event: Event) => boolean): Promise<Event>;
  /** Sends a release and ends dhclient. */
  release(): Promise<void>;
}

/** What dhclient is told in one family, and what it tells its script. */
export interface Dialect<Event> {
  /** Arguments that choose the family, and what is asked for. */
  readonly flags: readonly string[];
  readonly configuration: string;
  /** A script that adds a line to the file for each call, fields between commas. */
  readonly script: (eventsFile: string) => string;
  readonly eventOf: (fields: readonly string[]) => Event;
  readonly isBound: (event: Event) => boolean;
}

/** Retries soon, so that a test does not wait for back-off; the identifier is the hardware address. */
const CONFIGURATION = `
send dhcp-client-identifier = hardware;
request subnet-mask, routers;
initial-interval 1;
backoff-cutoff 2;
select-timeout 0;
reboot 4;
retry 2;
timeout 20;
`;

const DIALECT: Dialect<ClientEvent> = {
  flags: ['-4'],
  configuration: CONFIGURATION,
  script: clientScript,
  eventOf: ([reason = '', address = '', server = '']) => ({ reason, address, server }),
  isBound: ({ reason }) => reason === 'BOUND',
};

/**
 * A client of `interfaceName` on `host`; its files lie in `directory`.
 * @param more lines of its configuration file
 */
export function createDhclient(
  network: Network,
  host: string,
  interfaceName: string,
  directory: string,
  more = '',
): DhcpClient {
  const dialect = { ...DIALECT, configuration: CONFIGURATION + more };
  return createClientOf(dialect, network, host, interfaceName, directory);
}

/** A client of `interfaceName` on `host`, of one family; its files lie in `directory`. */
export function createClientOf<Event>(
  { flags, configuration, script, eventOf, isBound }: Dialect<Event>,
  network: Network,
  host: string,
  interfaceName: string,
  directory: string,
): DhcpClient<Event> {
  const path = (suffix: string): string => join(directory, `${host}.${suffix}`);
  const eventsFile = path('events');
  writeFileSync(path('conf'), configuration);
  writeFileSync(path('script'), script(eventsFile));
  chmodSync(path('script'), 0o755);
  const files = ['-cf', path('conf'), '-lf', path('leases'), '-pf', path('pid'), '-sf', path('script')];
  let daemon: RunningProgram | null = null;
  const events = (): Event[] => linesOf(eventsFile).map((line) => eventOf(line.split(',')));
  const next = (what: string, timeoutMs: number, wanted: (event: Event) => boolean): Promise<Event> => {
    const seen = events().length;
    return until({ what: `${host}: ${what}`, timeoutMs }, () => events().slice(seen).find(wanted) ?? null);
  };
  return {
    events,
    next,
    bind: (timeoutMs) => {
      const bound = next('gets an address', timeoutMs, isBound);
      daemon = network.start(host, 'dhclient', [...flags, '-d', ...files, interfaceName]);
      return bound;
    },
    release: async () => {
      const args = [...flags, '-v', '-r', ...files, interfaceName];
      const { code, output } = await network.run(host, 'dhclient', args);
      if (code !== 0) throw new Error(`dhclient -r on ${host} ended with ${code}:\n${output}`);
      await daemon?.stop('SIGTERM');
    },
  };
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** Sets address and route inside the namespace and nothing else: resolv.conf belongs to the machine. */
function clientScript(eventsFile: string): string {
  return `#!/bin/sh
echo "$reason,$new_ip_address,$new_dhcp_server_identifier" >> '${eventsFile}'
case "$reason" in
  PREINIT)
    ip link set dev "$interface" up ;;
  BOUND | RENEW | REBIND | REBOOT)
    ip address replace "$new_ip_address/$new_subnet_mask" dev "$interface"
    for router in $new_routers; do ip route replace default via "$router"; done ;;
  EXPIRE | FAIL | RELEASE | STOP)
    ip -4 address flush dev "$interface" ;;
esac
exit 0
`;
}
