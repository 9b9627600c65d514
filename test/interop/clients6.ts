/** The DHCPv6 clients that are in use on Linux, each on a host of the network, with its state in files of its own. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClientOf, type Dialect } from './dhclient.ts';
import type { Network } from './network.ts';
import type { RunningProgram } from './programs.ts';

const NETWORKD = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'].find(existsSync);
const START_MS = 20_000;
/** A client that ends asks its helpers to end, one after the other. */
const END_MS = 30_000;

/** What a client asks for. */
export type Wish = 'address' | 'prefix';

export interface ClientKind6 {
  readonly program: 'dhclient' | 'dhcpcd' | 'systemd-networkd';
  readonly wishes: readonly Wish[];
}

export interface Client6 {
  start(): void;
  /** Gives back what it has, and ends. */
  release(): Promise<void>;
  /** What it has said, for whoever looks for the cause of a failure. */
  output(): string;
}

/** systemd-networkd is left out of where it is not. */
export const CLIENT_KINDS_6: readonly ClientKind6[] = [
  { program: 'dhclient', wishes: ['address'] },
  { program: 'dhclient', wishes: ['prefix'] },
  { program: 'dhclient', wishes: ['address', 'prefix'] },
  { program: 'dhcpcd', wishes: ['address', 'prefix'] },
  ...(NETWORKD === undefined
    ? []
    : [{ program: 'systemd-networkd', wishes: ['address', 'prefix'] } as const]),
];

/** What has to be installed. */
export const CLIENT_PROGRAMS_6 = ['dhclient', 'dhcpcd', 'unshare', 'mount'];

/** A client on an interface of a host; its DUID ends with the hardware address. */
export function createClient6(
  { program, wishes }: ClientKind6,
  network: Network,
  host: string,
  interfaceName: string,
  directory: string,
): Client6 {
  if (program === 'dhclient') return createDhclient6(wishes, network, host, interfaceName, directory);
  const own = join(directory, `${host}.${program}`);
  mkdirSync(own);
  // networkd goes over to a user of its own.
  chmodSync(own, 0o755);
  const [command, endSignal] =
    program === 'dhcpcd' ? dhcpcdCommand(interfaceName, own) : networkdCommand(interfaceName, own);
  let running: RunningProgram | null = null;
  return {
    start: () => {
      running = network.start(host, 'unshare', ['-m', 'sh', '-c', command]);
    },
    release: async () => {
      await running?.stop(endSignal, END_MS);
    },
    output: () => running?.output().slice(-3000) ?? '',
  };
}

const FLAGS = { address: '-N', prefix: '-P' } as const;

const DIALECT = {
  configuration: 'request dhcp6.name-servers;\n',
  script: clientScript,
  eventOf: ([reason = '', given = '']) => ({ reason, given }),
  isBound: ({ reason }) => reason === 'BOUND6',
} satisfies Partial<Dialect<{ reason: string; given: string }>>;

function createDhclient6(
  wishes: readonly Wish[],
  network: Network,
  host: string,
  interfaceName: string,
  directory: string,
): Client6 {
  const flags = ['-6', '-D', 'LL', ...wishes.map((wish) => FLAGS[wish])];
  const client = createClientOf({ ...DIALECT, flags }, network, host, interfaceName, directory);
  return {
    start: () => void client.bind(START_MS).catch(() => undefined),
    release: () => client.release(),
    output: () => JSON.stringify(client.events()),
  };
}

/** Sets the address inside the namespace and nothing else. */
function clientScript(eventsFile: string): string {
  return `#!/bin/sh
echo "$reason,$new_ip6_address$new_ip6_prefix" >> '${eventsFile}'
case "$reason" in
  BOUND6 | RENEW6 | REBIND6)
    [ -z "$new_ip6_address" ] || ip -6 address replace "$new_ip6_address/128" dev "$interface" nodad ;;
  EXPIRE6 | RELEASE6 | STOP6)
    [ -z "$old_ip6_address" ] || ip -6 address del "$old_ip6_address/128" dev "$interface" ;;
esac
exit 0
`;
}

/** The command of a shell in mounts of its own, and the signal by which the client gives its leases back. */
function dhcpcdCommand(name: string, own: string): [string, NodeJS.Signals] {
  mkdirSync(join(own, 'state'));
  writeFileSync(join(own, 'conf'), `duid ll\nnoipv6rs\nia_na 1\nia_pd 2\n`);
  const command = `mount -t tmpfs none /run && mkdir -p /var/lib/dhcpcd && mount --bind ${own}/state /var/lib/dhcpcd &&
    exec dhcpcd -6 -B --config ${own}/conf --script /bin/true ${name}`;
  return [command, 'SIGALRM'];
}

function networkdCommand(name: string, own: string): [string, NodeJS.Signals] {
  writeFileSync(join(own, '10-lan.network'), networkdFile(name));
  // A read-only /sys tells it that there is no udev to wait for.
  const command = `mount -t tmpfs none /run && mkdir -p /run/systemd/network && mount -o remount,ro /sys &&
    cp ${own}/10-lan.network /run/systemd/network/ && exec ${NETWORKD}`;
  return [command, 'SIGTERM'];
}

function networkdFile(name: string): string {
  return `[Match]
Name=${name}
[Network]
DHCP=ipv6
IPv6AcceptRA=no
[DHCPv6]
WithoutRA=solicit
DUIDType=link-layer
`;
}
