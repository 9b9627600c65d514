/** What the tests of reloads share: a server whose file is written again and again, and a load that must not notice. */
import { join } from 'node:path';
import type t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { runCtl } from '../../src/cli/ctl.ts';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { LoadClient } from '../../src/load/client.ts';
import type { LoadCounts } from '../../src/load/counters.ts';
import type { LoadOptions } from '../../src/load/model.ts';
import { type LogLine, type ServerUnderTest, serve, writeConfig } from './process.ts';

export type Test = Pick<typeof t, 'teardown' | 'equal' | 'match' | 'comment'>;
/** Whatever servers end with: a test, or a program. */
export type Owner = Pick<Test, 'teardown'>;

export const SERVER = '127.0.0.1';
export const RELAY = '127.0.0.3';
/** Longer than any reload takes on a busy machine: a silence of this length is an answer that was lost. */
export const LOST_MS = 20_000;
/**
 * More than wait for any reload. A server that others leave no time falls behind a rate; queries that pile up in its socket
 * until there is no room would look like those that a reload has lost.
 */
const IN_FLIGHT_MAX = 2_048;

export interface CommandAnswer {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: Record<string, unknown>;
}

/** Sends a command to a unix socket, or to a port by its URL. */
export async function ask(
  place: { socket: string } | { url: string },
  command: string,
  args?: object,
): Promise<CommandAnswer> {
  const argsJson = args === undefined ? {} : { argsJson: JSON.stringify(args) };
  const { output } = await runCtl({ ...place, command, ...argsJson });
  return JSON.parse(output) as CommandAnswer;
}

/** The state of the only relationship of a server. */
export async function haStateOf(server: Pick<Reloadable, 'ask'>): Promise<string> {
  const { arguments: status } = await server.ask('status-get');
  const [entry] = status!['high-availability'] as [{ 'ha-servers': { local: { state: string } } }];
  return entry['ha-servers'].local.state;
}

/** A server, its directory and its file. */
export class Reloadable {
  readonly directory: string;
  readonly server: ServerUnderTest;
  readonly port: number;
  socket: string;

  private constructor(directory: string, server: ServerUnderTest, port: number) {
    this.directory = directory;
    this.server = server;
    this.port = port;
    this.socket = join(directory, 'ctl');
  }

  static async start(
    t: Owner,
    directory: string,
    dhcp4: Record<string, unknown> = {},
    port?: number,
    relayPort = 0,
  ): Promise<Reloadable> {
    const at = port ?? (await findFreeUdpPort(SERVER));
    const server = await serve(t, writeConfig(directory, dhcp4), at, ['-P', `${relayPort}`]);
    return new Reloadable(directory, server, at);
  }

  ask(command: string, args?: object): Promise<CommandAnswer> {
    return ask({ socket: this.socket }, command, args);
  }

  /** Writes the file anew and has it taken; the answer of config-reload. */
  reload(dhcp4: Record<string, unknown>): Promise<CommandAnswer> {
    writeConfig(this.directory, dhcp4);
    return this.ask('config-reload');
  }

  /** Every log line of an id. */
  logged(id: string): readonly LogLine[] {
    return this.server.log.filter((line) => line.id === id);
  }
}

/** Exchanges at a steady rate, until `end`. @param retryAfterMs when a client asks again that has no answer */
export async function startLoad(
  ports: readonly number[],
  relayPort: number,
  ratePerSec: number,
  seed = 1,
  retryAfterMs = LOST_MS,
): Promise<LoadClient> {
  return startClients(ports, relayPort, { inFlightMax: IN_FLIGHT_MAX, ratePerSec, seed, retryAfterMs });
}

/** Exchanges as they are wanted, until `end`. @param relay address of the relay that its clients are behind */
export async function startClients(
  ports: readonly number[],
  relayPort: number,
  settings: Partial<LoadOptions>,
  relay = RELAY,
): Promise<LoadClient> {
  return LoadClient.start({
    relay: { address: parseIpv4(relay)!, port: relayPort },
    servers: ports.map((port) => ({ address: parseIpv4(SERVER)!, port })),
    ...settings,
  });
}

/** Ends the load; fails for every answer that did not come. */
export async function endWithoutLoss(t: Test, client: LoadClient): Promise<LoadCounts> {
  const counts = await client.stop(LOST_MS);
  t.equal(counts['timeouts'], 0, 'no answer was lost');
  t.equal(counts['in-flight'], 0, 'no exchange is without its answer');
  t.equal(counts['abandoned'], 0);
  return counts;
}
