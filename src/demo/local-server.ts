/** A server on this machine with files of its own, whatever program it is: Tandem here, Kea in the benchmarks. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseIpv4 } from '../base/ipv4.ts';
import { programFile } from '../base/program-file.ts';
import type { Endpoint, Endpoint6 } from '../load/model.ts';
import { CommandClient } from './command-client.ts';
import {
  type AnyConfiguration,
  LOOPBACK,
  type Place,
  type ServerConfiguration,
  type ServerConfiguration6,
  type ServerIdentity,
  type TlsFiles,
} from './pair-config.ts';
import { SERVICE_ADDRESS_6 } from './pair-config6.ts';
import { findFreeTcpPort, findFreeUdpPort } from './ports.ts';
import { type ServerCommand, ServerProcess } from './server-process.ts';

/** What a program needs to be started. */
export interface ServerStart {
  readonly family: 4 | 6;
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
  adapt(configuration: AnyConfiguration): AnyConfiguration;
  command(start: ServerStart): ServerCommand;
  /** The HTTP port that answers status-get, and what it asks of those who connect. */
  status(identity: ServerIdentity): { readonly port: number; readonly tls: TlsFiles | null };
}

/** This program itself. */
export const TANDEM = createTandemKind('Tandem', fileURLToPath(programFile('main')));

/** @param main the program's entry, of this or of another build */
export function createTandemKind(name: string, main: string): ServerKind {
  return {
    name,
    adapt: (configuration) => configuration,
    command: ({ configFile, port, relayPort, logFile }) => ({
      program: process.execPath,
      args: [main, 'serve', '-c', configFile, '-p', `${port}`, '-P', `${relayPort}`],
      logFile,
    }),
    status: (identity) => ({ port: identity.controlPort, tls: null }),
  };
}

/** @typeParam At how its family names where it listens */
export interface LocalServer<At = Endpoint> {
  readonly identity: ServerIdentity;
  readonly process: ServerProcess;
  readonly commands: CommandClient;
  readonly endpoint: At;
}

/** Chooses the ports and the lease file of a server. @param identifier the address that clients know it by */
export async function createIdentity(
  name: string,
  identifier: string,
  directory: string,
  place: Place = LOOPBACK,
  tls: TlsFiles | null = null,
): Promise<ServerIdentity> {
  return {
    name,
    identifier,
    // No call returns a port twice: it is free in another network too.
    peerPort: await findFreeTcpPort(LOOPBACK.address),
    controlPort: await findFreeTcpPort(LOOPBACK.address),
    leaseFile: join(directory, `${name}-leases.csv`),
    place,
    tls,
  };
}

/** Writes the configuration; starts nothing. @param wantedPort to listen on; one that is free when it is not said */
export async function createLocalServer(
  kind: ServerKind,
  identity: ServerIdentity,
  configuration: ServerConfiguration,
  directory: string,
  relayPort: number,
  wantedPort?: number,
): Promise<LocalServer> {
  const server = await createServer(4, kind, identity, configuration, directory, relayPort, wantedPort);
  return { ...server, endpoint: { address: addressOf(identity.place.address), port: server.port } };
}

/** As `createLocalServer`, of DHCPv6. */
export async function createLocalServer6(
  kind: ServerKind,
  identity: ServerIdentity,
  configuration: ServerConfiguration6,
  directory: string,
  relayPort: number,
): Promise<LocalServer<Endpoint6>> {
  const server = await createServer(6, kind, identity, configuration, directory, relayPort);
  return { ...server, endpoint: { address: SERVICE_ADDRESS_6, port: server.port } };
}

async function createServer(
  family: 4 | 6,
  kind: ServerKind,
  identity: ServerIdentity,
  configuration: AnyConfiguration,
  directory: string,
  relayPort: number,
  wantedPort?: number,
) {
  const configFile = join(directory, `${identity.name}.json`);
  const logFile = join(directory, `${identity.name}.log`);
  const port = wantedPort ?? (await findFreeUdpPort(LOOPBACK.address));
  const { place } = identity;
  const status = kind.status(identity);
  await writeFile(configFile, JSON.stringify(kind.adapt(configuration), null, 2), { mode: 0o600 });
  return {
    identity,
    process: new ServerProcess(
      enter(place, kind.command({ family, configFile, directory, logFile, port, relayPort })),
    ),
    commands: new CommandClient(status.port, place.address, status.tls, family),
    port,
  };
}

/** The command that runs another one at a place. */
function enter({ enter: [program, ...before] }: Place, command: ServerCommand): ServerCommand {
  if (program === undefined) return command;
  return { ...command, program, args: [...before, command.program, ...command.args] };
}

/** @throws when the text is not a dotted quad */
export function addressOf(text: string): number {
  const address = parseIpv4(text);
  if (address === null) throw new Error(`not an IPv4 address: ${text}`);
  return address;
}
