/** A server on 127.0.0.1 with files of its own, whatever program it is: Tandem here, Kea in the benchmarks. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseIpv4 } from '../base/ipv4.ts';
import type { Endpoint } from '../load/model.ts';
import { CommandClient } from './command-client.ts';
import { SERVER_ADDRESS, type ServerConfiguration, type ServerIdentity } from './pair-config.ts';
import { findFreeTcpPort, findFreeUdpPort } from './ports.ts';
import { type ServerCommand, ServerProcess } from './server-process.ts';

/** What a program needs to be started. */
export interface ServerStart {
  readonly configFile: string;
  readonly directory: string;
  readonly logFile: string;
  /** UDP port to listen on, and the relay's, to which answers go. */
  readonly port: number;
  readonly relayPort: number;
}

/** How one program is configured and started. */
export interface ServerKind {
  readonly name: string;
  /** What the program wants otherwise in a configuration that was made for Tandem. */
  adapt(configuration: ServerConfiguration): ServerConfiguration;
  command(start: ServerStart): ServerCommand;
  /** The HTTP port that answers status-get. */
  statusPort(identity: ServerIdentity): number;
}

/** The command line of this program, beside this folder and with this file's extension. */
const MAIN = fileURLToPath(
  new URL(`../main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
);

/** This program itself. */
export const TANDEM: ServerKind = {
  name: 'Tandem',
  adapt: (configuration) => configuration,
  command: ({ configFile, port, relayPort, logFile }) => ({
    program: process.execPath,
    args: [MAIN, 'serve', '-c', configFile, '-p', `${port}`, '-P', `${relayPort}`],
    logFile,
  }),
  statusPort: (identity) => identity.controlPort,
};

export interface LocalServer {
  readonly identity: ServerIdentity;
  readonly process: ServerProcess;
  readonly commands: CommandClient;
  readonly endpoint: Endpoint;
}

/** Chooses the ports and the lease file of a server. @param identifier the address that clients know it by */
export async function createIdentity(
  name: string,
  identifier: string,
  directory: string,
): Promise<ServerIdentity> {
  return {
    name,
    identifier,
    peerPort: await findFreeTcpPort(SERVER_ADDRESS),
    controlPort: await findFreeTcpPort(SERVER_ADDRESS),
    leaseFile: join(directory, `${name}-leases.csv`),
  };
}

/** Writes the configuration; starts nothing. */
export async function createLocalServer(
  kind: ServerKind,
  identity: ServerIdentity,
  configuration: ServerConfiguration,
  directory: string,
  relayPort: number,
): Promise<LocalServer> {
  const configFile = join(directory, `${identity.name}.json`);
  const logFile = join(directory, `${identity.name}.log`);
  const port = await findFreeUdpPort(SERVER_ADDRESS);
  await writeFile(configFile, JSON.stringify(kind.adapt(configuration), null, 2), { mode: 0o600 });
  return {
    identity,
    process: new ServerProcess(kind.command({ configFile, directory, logFile, port, relayPort })),
    commands: new CommandClient(kind.statusPort(identity)),
    endpoint: { address: addressOf(SERVER_ADDRESS), port },
  };
}

/** @throws when the text is not a dotted quad */
export function addressOf(text: string): number {
  const address = parseIpv4(text);
  if (address === null) throw new Error(`not an IPv4 address: ${text}`);
  return address;
}
