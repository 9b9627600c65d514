/** A server on this machine with files of its own, whatever program it is: Tandem here, Kea in the benchmarks. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseIpv4 } from '../base/ipv4.ts';
import { programFile } from '../base/program-file.ts';
import type { Endpoint } from '../load/model.ts';
import { CommandClient } from './command-client.ts';
import {
  LOOPBACK,
  type Place,
  type ServerConfiguration,
  type ServerIdentity,
  type TlsFiles,
} from './pair-config.ts';
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
  const configFile = join(directory, `${identity.name}.json`);
  const logFile = join(directory, `${identity.name}.log`);
  const port = wantedPort ?? (await findFreeUdpPort(LOOPBACK.address));
  const { place } = identity;
  const status = kind.status(identity);
  await writeFile(configFile, JSON.stringify(kind.adapt(configuration), null, 2), { mode: 0o600 });
  return {
    identity,
    process: new ServerProcess(
      enter(place, kind.command({ configFile, directory, logFile, port, relayPort })),
    ),
    commands: new CommandClient(status.port, place.address, status.tls),
    endpoint: { address: addressOf(place.address), port },
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
