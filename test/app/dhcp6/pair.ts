/** A pair of DHCPv6 servers in processes of their own, on loopback, each with a relay in front of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { runCtl } from '../../../src/cli/ctl.ts';
import { findFreeTcpPort } from '../../../src/demo/ports.ts';
import { freeUdpPort, type ServerUnderTest, scratch } from '../process.ts';
import { Relay6, serve6, writeConfig6 } from './relay.ts';

const STATE_MS = 60_000;
export const NAMES = ['a', 'b'] as const;
export type Name = (typeof NAMES)[number];
export type Mode = 'hot-standby' | 'load-balancing';

interface End {
  readonly directory: string;
  readonly port: number;
  readonly relay: Relay6;
  server: ServerUnderTest;
}

/** In load-balancing each server has pools of its own. */
function subnetOf(mode: Mode): object {
  const isShared = mode === 'load-balancing';
  const guard = (name: Name) => (isShared ? { 'client-class': `HA_${name}` } : {});
  const own = (name: Name, digit: number) => ({
    pools: [{ pool: `2001:db8:1::${digit}000 - 2001:db8:1::${digit}fff`, ...guard(name) }],
    'pd-pools': [{ prefix: `2001:db8:800${digit}::`, 'prefix-len': 48, 'delegated-len': 64, ...guard(name) }],
  });
  const [a, b] = [own('a', 1), own('b', 2)];
  return {
    id: 1,
    subnet: '2001:db8:1::/64',
    'rapid-commit': true,
    pools: isShared ? [...a.pools, ...b.pools] : a.pools,
    'pd-pools': isShared ? [...a['pd-pools'], ...b['pd-pools']] : a['pd-pools'],
  };
}

export class Pair6 {
  readonly #ends = new Map<Name, End>();
  readonly #ports: Readonly<Record<Name, number>>;
  readonly #mode: Mode;
  readonly #more: Readonly<Record<string, unknown>>;

  private constructor(mode: Mode, ports: Record<Name, number>, more: Readonly<Record<string, unknown>>) {
    this.#mode = mode;
    this.#ports = ports;
    this.#more = more;
  }

  /** @param more keys of the relationship beside the usual ones */
  static async start(t: Test, mode: Mode, more: Readonly<Record<string, unknown>> = {}): Promise<Pair6> {
    const ports = { a: await findFreeTcpPort('127.0.0.1'), b: await findFreeTcpPort('127.0.0.1') };
    const pair = new Pair6(mode, ports, more);
    for (const name of NAMES) {
      const port = freeUdpPort();
      const relay = await Relay6.open(t, port);
      const directory = scratch(t);
      const server = await serve6(t, pair.#configure(name, directory), port, relay);
      pair.#ends.set(name, { directory, port, relay, server });
    }
    await pair.reach({ a: mode, b: mode });
    return pair;
  }

  #configure(name: Name, directory: string): string {
    const relationship = {
      'this-server-name': name,
      mode: this.#mode,
      'heartbeat-delay': 300,
      'max-response-delay': 3_000,
      'max-ack-delay': 100,
      'max-unacked-clients': 0,
      peers: NAMES.map((each) => ({
        name: each,
        role: each === 'a' ? 'primary' : this.#mode === 'hot-standby' ? 'standby' : 'secondary',
        url: `http://127.0.0.1:${this.#ports[each]}/`,
      })),
      ...this.#more,
    };
    const ha = { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } };
    return writeConfig6(directory, {
      // Each server has an identifier of its own, the first one that of messages.ts.
      'server-id': { type: 'LL', htype: 1, identifier: `02000000000${name === 'a' ? 1 : 2}`, persist: false },
      subnet6: [subnetOf(this.#mode)],
      'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }, ha],
    });
  }

  relay(name: Name): Relay6 {
    return this.#end(name).relay;
  }

  server(name: Name): ServerUnderTest {
    return this.#end(name).server;
  }

  async kill(name: Name): Promise<void> {
    const { server } = this.#end(name);
    server.child.kill('SIGKILL');
    await server.exitCode();
  }

  /** Starts one that has ended, with its leases. */
  async again(t: Test, name: Name): Promise<void> {
    const end = this.#end(name);
    end.server = await serve6(t, join(end.directory, 'tandem6.conf'), end.port, end.relay);
  }

  async ask(name: Name, command: string, args?: object) {
    const socket = join(this.#end(name).directory, 'ctl');
    const argsJson = args === undefined ? {} : { argsJson: JSON.stringify(args) };
    const { output } = await runCtl({ socket, command, ...argsJson });
    return JSON.parse(output) as { readonly result: number; readonly arguments?: Record<string, unknown> };
  }

  async statistic(name: Name, statistic: string): Promise<number> {
    const { arguments: found } = await this.ask(name, 'statistic-get', { name: statistic });
    return (found![statistic] as [[number, string]])[0][0];
  }

  async state(name: Name): Promise<string> {
    const { arguments: status } = await this.ask(name, 'status-get');
    const [relationship] = status!['high-availability'] as {
      'ha-servers': { local: { state: string } };
    }[];
    return relationship!['ha-servers'].local.state;
  }

  async reach(states: Partial<Record<Name, string>>): Promise<void> {
    const names = NAMES.filter((name) => name in states);
    let seen: string[] = [];
    for (const end = performance.now() + STATE_MS; performance.now() < end; await sleep(50)) {
      seen = await Promise.all(names.map((name) => this.state(name)));
      if (names.every((name, at) => seen[at] === states[name])) return;
    }
    throw new Error(`${seen} instead of ${JSON.stringify(states)}`);
  }

  /** What a server's lease file holds: address -> DUID, the last row counts. */
  filed(name: Name): Map<string, string> {
    const rows = readFileSync(join(this.#end(name).directory, 'leases6.csv'), 'utf8')
      .trim()
      .split('\n');
    const leases = new Map<string, string>();
    for (const row of rows.slice(1)) {
      const [address, duid, valid] = row.split(',');
      if (valid === '0') leases.delete(address!);
      else leases.set(address!, duid!);
    }
    return leases;
  }

  #end(name: Name): End {
    return this.#ends.get(name)!;
  }
}
