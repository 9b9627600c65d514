/** Servers in processes of their own, on loopback, one of which is a backup. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { SUBNET } from './hot-standby-pair.ts';
import { scratch } from './process.ts';
import { haStateOf, RELAY, Reloadable, SERVER, type Test } from './reloading.ts';
import { syncByCommand, until, untilSameLeases } from './synchronizing.ts';

export type Mode = 'hot-standby' | 'load-balancing' | 'passive-backup';
export type Name = 'a' | 'b' | 'backup';

const HEARTBEAT_MS = 300;

export interface Wish {
  readonly mode: Mode;
  /** Replaces keys of the relationship. */
  readonly more?: Record<string, unknown>;
  /** The lease file of the first server. */
  readonly directory?: string;
}

export class WithBackup {
  readonly #servers = new Map<Name, Reloadable>();
  readonly #wish: Wish;
  readonly #test: Test;
  /** Where they listen for each other. */
  readonly ports = new Map<Name, number>();
  relayPort = 0;

  private constructor(t: Test, wish: Wish) {
    this.#test = t;
    this.#wish = wish;
  }

  /** All of them in their normal states. */
  static async start(t: Test, wish: Wish): Promise<WithBackup> {
    const scene = await WithBackup.prepare(t, wish);
    for (const name of scene.names) await scene.begin(name);
    await scene.serves();
    return scene;
  }

  /** None of them runs yet. */
  static async prepare(t: Test, wish: Wish): Promise<WithBackup> {
    const scene = new WithBackup(t, wish);
    for (const name of scene.names) scene.ports.set(name, await findFreeTcpPort(SERVER));
    scene.relayPort = await findFreeUdpPort(RELAY);
    return scene;
  }

  get names(): readonly Name[] {
    return this.#wish.mode === 'passive-backup' ? ['a', 'backup'] : ['a', 'b', 'backup'];
  }

  /** Those that give leases. */
  get active(): readonly Name[] {
    return this.names.filter((name) => name !== 'backup');
  }

  /** Ports of those for clients. */
  get clientPorts(): readonly number[] {
    return this.active.map((name) => this.get(name).port);
  }

  get(name: Name): Reloadable {
    return this.#servers.get(name)!;
  }

  /** Starts one; where it ran before, with the files that it had. */
  async begin(name: Name): Promise<void> {
    const before = this.#servers.get(name)?.directory;
    const first = name === 'a' ? this.#wish.directory : undefined;
    const directory = before ?? first ?? scratch(this.#test as Parameters<typeof scratch>[0]);
    const config = this.#config(name);
    const server = await Reloadable.start(this.#test, directory, config, undefined, this.relayPort);
    this.#servers.set(name, server);
  }

  #config(name: Name): Record<string, unknown> {
    const { mode, more = {} } = this.#wish;
    const second = mode === 'hot-standby' ? 'standby' : 'secondary';
    const roles = { a: 'primary', b: second, backup: 'backup' };
    const relationship = {
      'this-server-name': name,
      mode,
      'heartbeat-delay': HEARTBEAT_MS,
      // Nobody that is active is ever away here.
      'max-response-delay': 30_000,
      'max-unacked-clients': 0,
      peers: this.names.map((each) => ({
        name: each,
        role: roles[each],
        url: `http://${SERVER}:${this.ports.get(each)}/`,
      })),
      ...more,
    };
    const halves = [
      { pool: '10.0.0.10 - 10.1.255.250', 'client-class': 'HA_a' },
      { pool: '10.2.0.10 - 10.3.255.250', 'client-class': 'HA_b' },
    ];
    return {
      subnet4: [mode === 'load-balancing' ? { ...SUBNET, pools: halves } : SUBNET],
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
      ],
    };
  }

  async state(name: Name): Promise<string> {
    return haStateOf(this.get(name));
  }

  /** Resolves when all active servers are in the state of the mode. */
  async serves(): Promise<void> {
    for (const name of this.active)
      await until(`${name} serves`, async () => (await this.state(name)) === this.#wish.mode);
  }

  /** Every active server has a stream to the backup, so many times by now. */
  async streams(times = 1): Promise<void> {
    for (const name of this.active)
      await until(`a stream of ${name} up`, () => this.ups(name) >= times && !this.isDown(name));
  }

  /** How often a server's stream to the backup has come up. */
  ups(name: Name): number {
    return this.get(name).logged('TDM_STREAM_UP').filter(isOfBackup).length;
  }

  /** Ends of a server's streams to the backup. */
  downs(name: Name): readonly Record<string, unknown>[] {
    return this.get(name).logged('TDM_STREAM_DOWN').filter(isOfBackup);
  }

  isDown(name: Name): boolean {
    return this.downs(name).length >= this.ups(name);
  }

  /** The sentence of ha-why about the stream between two servers. */
  async fact(name: Name, peer: Name): Promise<string> {
    const { arguments: why } = await this.get(name).ask('ha-why');
    return (why!['facts'] as string[]).find((sentence) => sentence.includes(`lease stream to ${peer}`))!;
  }

  /** Waits until the backup has every lease of the first server. @returns them */
  async untilEqual(): Promise<Map<string, string>> {
    return untilSameLeases(this.get('a'), this.get('backup'));
  }

  /** The backup takes what the first server has. */
  async synchronize(): Promise<Record<string, unknown>> {
    return (await syncByCommand(this.#test, this.get('backup'), 'a')).at(-1)!;
  }

  async kill(name: Name): Promise<void> {
    this.get(name).server.child.kill('SIGKILL');
    await sleep(0);
  }
}

function isOfBackup(line: Record<string, unknown>): boolean {
  return line['partner'] === 'backup';
}
