/**
 * The DHCP clients that are in use on Linux, each on a host of the network, with its state in files of its own. All of
 * them open raw sockets: they have no address yet and no relay before them.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDhclient } from './dhclient.ts';
import type { Network } from './network.ts';
import type { RunningProgram } from './programs.ts';

const NETWORKD = ['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd'].find(existsSync);
const START_MS = 20_000;
/** A client that ends asks its helpers to end, one after the other. */
const END_MS = 30_000;

export type ClientKind = 'dhclient' | 'udhcpc' | 'dhcpcd' | 'systemd-networkd';

export interface DirectClient {
  start(): void;
  /** Asks for a renewal, where the client would take a minute to do it by itself. */
  renew(): void;
  /** Gives the address back and ends. */
  release(): Promise<void>;
  /** What it has said, for whoever looks for the cause of a failure. */
  output(): string;
}

/** What has to be installed. systemd-networkd is left out of where it is not. */
export const CLIENT_PROGRAMS = ['dhclient', 'udhcpc', 'dhcpcd', 'tcpdump', 'unshare', 'mount'];
export const hasNetworkd = NETWORKD !== undefined;

/** A client on an interface of a host. */
export function createDirectClient(
  kind: ClientKind,
  network: Network,
  host: string,
  interfaceName: string,
  directory: string,
): DirectClient {
  if (kind === 'dhclient') return asDirect(createDhclient(network, host, interfaceName, directory));
  const own = join(directory, `${host}.${kind}`);
  mkdirSync(own);
  // networkd goes over to a user of its own.
  chmodSync(own, 0o755);
  const [command, endSignal] = commandOf(kind, interfaceName, own);
  let program: RunningProgram | null = null;
  return {
    start: () => {
      program = network.start(host, 'unshare', ['-m', 'sh', '-c', command]);
    },
    renew: () => {
      if (kind === 'udhcpc' && program !== null) process.kill(program.pid, 'SIGUSR1');
    },
    release: async () => {
      await program?.stop(endSignal, END_MS);
    },
    output: () => program?.output().slice(-3000) ?? '',
  };
}

function asDirect(client: ReturnType<typeof createDhclient>): DirectClient {
  return {
    start: () => void client.bind(START_MS).catch(() => undefined),
    renew: () => undefined,
    release: () => client.release(),
    output: () => '',
  };
}

/** The command of a shell in mounts of its own, and the signal by which the client gives its address back. */
function commandOf(kind: ClientKind, name: string, own: string): [string, NodeJS.Signals] {
  switch (kind) {
    case 'udhcpc':
      writeFileSync(join(own, 'script'), UDHCPC_SCRIPT);
      chmodSync(join(own, 'script'), 0o755);
      return [`exec udhcpc -i ${name} -f -R -t 5 -T 1 -A 1 -s ${own}/script`, 'SIGTERM'];
    case 'dhcpcd':
      mkdirSync(join(own, 'state'));
      return [
        `mount -t tmpfs none /run && mkdir -p /var/lib/dhcpcd && mount --bind ${own}/state /var/lib/dhcpcd &&
         exec dhcpcd -4 -B --noipv4ll --noarp --config /dev/null --script /bin/true ${name}`,
        'SIGALRM',
      ];
    default:
      writeFileSync(join(own, '10-lan.network'), networkdFile(name));
      // A read-only /sys tells it that there is no udev to wait for.
      return [
        `mount -t tmpfs none /run && mkdir -p /run/systemd/network && mount -o remount,ro /sys &&
         cp ${own}/10-lan.network /run/systemd/network/ && exec ${NETWORKD}`,
        'SIGTERM',
      ];
  }
}

const UDHCPC_SCRIPT = `#!/bin/sh
case "$1" in
  deconfig) ip -4 address flush dev "$interface"; ip link set dev "$interface" up ;;
  bound | renew)
    ip address replace "$ip/$mask" dev "$interface"
    for each in $router; do ip route replace default via "$each"; done ;;
esac
`;

function networkdFile(name: string): string {
  return `[Match]
Name=${name}
[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
[DHCPv4]
ClientIdentifier=mac
SendRelease=true
`;
}
