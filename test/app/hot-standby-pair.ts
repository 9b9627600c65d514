/** A pair of servers in processes of their own, on loopback; hot-standby when nothing else is said. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { scratch } from './process.ts';
import { Relay } from './relay.ts';
import { haStateOf, type Owner, RELAY, Reloadable, SERVER } from './reloading.ts';

const STATE_MS = 60_000;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';
const FIRST = parseIpv4('10.1.0.1')!;
export const SUBNET = {
  id: 1,
  subnet: '10.0.0.0/14',
  pools: [{ pool: '10.0.0.10 - 10.3.255.250' }],
  relay: { 'ip-addresses': [RELAY] },
};
export const NAMES = ['a', 'b'] as const;
export type Name = (typeof NAMES)[number];

/** What one server's file says of the pair; `more` replaces keys of the relationship, `dhcp4` others. */
export interface Wish {
  readonly mode?: 'hot-standby' | 'load-balancing';
  readonly more?: Record<string, unknown>;
  readonly dhcp4?: Record<string, unknown>;
  /** Hook libraries besides. */
  readonly libraries?: readonly unknown[];
  /** Leases that the first server alone has at its start. */
  readonly leases?: number;
  readonly ports?: Record<Name, number>;
  readonly hosts?: Partial<Record<Name, string>>;
  readonly scheme?: 'http' | 'https';
  /** The servers reach each other through relays, which a test can cut. */
  readonly isRelayed?: boolean;
  /** And these carry it over poor lines. */
  readonly isPoor?: boolean;
}

export class Pair {
  readonly servers = new Map<Name, Reloadable>();
  readonly ports: Record<Name, number>;
  /** What stands in front of each server, where the pair is relayed. */
  readonly relays = new Map<Name, Relay>();
  relayPort = 0;

  private constructor(ports: Record<Name, number>) {
    this.ports = ports;
  }

  static async start(t: Owner, wish: Wish = {}): Promise<Pair> {
    const pair = await Pair.prepare(t, wish);
    for (const name of NAMES) {
      const directory = scratch(t);
      if (name === 'a') writeLeases(directory, wish.leases ?? 0);
      await pair.begin(t, name, wish, directory);
    }
    await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
    return pair;
  }

  /** A pair of which no server runs yet. */
  static async prepare(t: Owner, wish: Wish = {}): Promise<Pair> {
    const pair = new Pair({ a: await findFreeTcpPort(SERVER), b: await findFreeTcpPort(SERVER) });
    pair.relayPort = await findFreeUdpPort(RELAY);
    for (const name of wish.isRelayed === true ? NAMES : []) {
      const relay = await Relay.start(pair.ports[name], wish.isPoor);
      t.teardown(() => relay.close());
      pair.relays.set(name, relay);
    }
    return pair;
  }

  /** Starts one server. @param port for its clients; one that is free when it is not said */
  async begin(t: Owner, name: Name, wish: Wish, directory: string, port?: number): Promise<void> {
    const server = await Reloadable.start(t, directory, this.config(name, wish), port, this.relayPort);
    this.servers.set(name, server);
  }

  config(
    name: Name,
    {
      mode = 'hot-standby',
      more = {},
      dhcp4 = {},
      libraries = [],
      ports = this.ports,
      hosts = {},
      scheme = 'http',
    }: Wish = {},
  ): Record<string, unknown> {
    const relationship = {
      'this-server-name': name,
      mode,
      'heartbeat-delay': 300,
      // Nobody is ever away here; a busy machine must not look as if somebody were.
      'max-response-delay': 30_000,
      'max-unacked-clients': 0,
      peers: NAMES.map((each) => ({
        name: each,
        role: each === 'a' ? 'primary' : mode === 'hot-standby' ? 'standby' : 'secondary',
        url: `${scheme}://${hosts[each] ?? SERVER}:${this.#wayTo(each, name, ports)}/`,
      })),
      ...more,
    };
    return {
      subnet4: [SUBNET],
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
        ...libraries,
      ],
      ...dhcp4,
    };
  }

  #wayTo(name: Name, from: Name, ports: Record<Name, number>): number {
    return (name === from ? undefined : this.relays.get(name)?.port) ?? ports[name];
  }

  get(name: Name): Reloadable {
    return this.servers.get(name)!;
  }

  reload(name: Name, wish: Wish = {}) {
    return this.get(name).reload(this.config(name, wish));
  }

  async state(name: Name): Promise<string> {
    return haStateOf(this.get(name));
  }

  async reach(states: Record<Name, string>): Promise<void> {
    let seen = '';
    for (const end = performance.now() + STATE_MS; performance.now() < end; await sleep(50)) {
      seen = `${await this.state('a')} ${await this.state('b')}`;
      if (seen === `${states.a} ${states.b}`) return;
    }
    throw new Error(`${seen} instead of ${states.a} ${states.b}`);
  }

  /** Address -> client, of one server. */
  async leases(name: Name): Promise<Map<string, string>> {
    const { arguments: all } = await this.get(name).ask('lease4-get-all');
    const leases = (all?.['leases'] ?? []) as { 'ip-address': string; 'hw-address': string }[];
    return new Map(leases.map((lease) => [lease['ip-address'], lease['hw-address']]));
  }

  /** How often a server's state machine has been started. */
  starts(name: Name): number {
    return this.get(name).logged('TDM_HA_STARTED').length;
  }
}

function writeLeases(directory: string, count: number): void {
  if (count === 0) return;
  const expireSec = Math.floor(Date.now() / 1000) + 3600;
  const rows = Array.from({ length: count }, (_, i) => {
    const hex = (i + 1).toString(16).padStart(4, '0');
    const hw = `02:00:00:00:${hex.slice(0, 2)}:${hex.slice(2)}`;
    return `${formatIpv4(FIRST + i)},${hw},,3600,${expireSec},1,0,0,,0,,0`;
  });
  writeFileSync(join(directory, 'leases.csv'), [HEADER, ...rows, ''].join('\n'));
}
