/**
 * The versions of Kea that the tests run with: where each is, how it is started, and how it spells a configuration. Kea
 * 2.2 is the machine's own; Kea 3.0 stands in the directory `TANDEM_KEA3`, where `.ci/kea3` puts one.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missing, needRootAnd, type TestVoice } from '../support/need.ts';

export const KEAS = ['kea 2.2', 'kea 3.0'] as const;
export type KeaKind = (typeof KEAS)[number];
export type ServerKind = 'tandem' | KeaKind;
/** Kea's servers of the two families. */
export type KeaDaemon = 'kea-dhcp4' | 'kea-dhcp6';

/** The name of a member that this version spells otherwise, and its value there. */
type Spelling = readonly [name: string, respell: (value: unknown) => unknown];

interface Kea {
  /** Null where one is not on this machine. */
  readonly programs: Readonly<Record<KeaDaemon, string | null>>;
  /** Its clean-up of the lease file. */
  readonly cleanup: string | null;
  /** What to say behind the name of a program that is not there. */
  readonly wanted: string;
  readonly args: readonly string[];
  /** Variables that name the directory of the test, where it may have its files. */
  readonly directoryVariables: readonly string[];
  readonly spellings: Readonly<Record<string, Spelling>>;
}

const KEA_3 = process.env['TANDEM_KEA3'] ?? '';

const VERSIONS: Readonly<Record<KeaKind, Kea>> = {
  'kea 2.2': {
    programs: { 'kea-dhcp4': findProgram('kea-dhcp4'), 'kea-dhcp6': findProgram('kea-dhcp6') },
    cleanup: findProgram('kea-lfc'),
    wanted: 'which is not installed',
    args: [],
    directoryVariables: ['KEA_PIDFILE_DIR'],
    spellings: { library: ['library', inOneOf(systemHooks())] },
  },
  'kea 3.0': {
    programs: {
      'kea-dhcp4': existing(join(KEA_3, 'bin/kea-dhcp4')),
      'kea-dhcp6': existing(join(KEA_3, 'bin/kea-dhcp6')),
    },
    cleanup: existing(join(KEA_3, 'bin/kea-lfc')),
    wanted: 'of Kea 3.0: .ci/kea3 DIRECTORY, then TANDEM_KEA3=DIRECTORY',
    // Plain HTTP between the servers is a warning, no error.
    args: ['-X'],
    directoryVariables: [
      'KEA_PIDFILE_DIR',
      'KEA_CONTROL_SOCKET_DIR',
      'KEA_DHCP_DATA_DIR',
      'KEA_LOG_FILE_DIR',
    ],
    spellings: {
      library: ['library', inOneOf([join(KEA_3, 'hooks')])],
      'control-socket': ['control-sockets', (socket) => [socket]],
      'client-class': ['client-classes', (name) => [name]],
      output_options: ['output-options', (outputs) => outputs],
    },
  },
};

/** Whether a server is a Kea of whatever version. */
export function isKea(kind: ServerKind): kind is KeaKind {
  return kind !== 'tandem';
}

/** True with root, the programs and the Keas among the servers; otherwise the test is skipped (failed with CI=true). */
export function needServers(
  t: TestVoice,
  servers: readonly ServerKind[],
  programs: readonly string[],
  daemon: KeaDaemon = 'kea-dhcp4',
): boolean {
  return needRootAnd(t, programs) && servers.filter(isKea).every((kind) => needKea(t, kind, daemon));
}

/** True when this Kea is there; otherwise the test is skipped (failed with CI=true). */
export function needKea(t: TestVoice, kind: KeaKind, daemon: KeaDaemon = 'kea-dhcp4'): boolean {
  const { programs, wanted } = VERSIONS[kind];
  return programs[daemon] !== null || missing(t, `needs the program ${daemon}, ${wanted}`);
}

/** How a Kea is started: program, arguments before those of the caller, environment. @throws Error when it is not there */
export function keaCommand(kind: KeaKind, directory: string, daemon: KeaDaemon = 'kea-dhcp4') {
  const { programs, wanted, args, directoryVariables } = VERSIONS[kind];
  const program = programs[daemon];
  if (program === null) throw new Error(`needs the program ${daemon}, ${wanted}`);
  const directories = Object.fromEntries(directoryVariables.map((name) => [name, directory]));
  return { program, args, env: { KEA_LOCKFILE_DIR: 'none', ...directories } };
}

/** How the clean-up of the lease file `path` is started, as the server of this version does it. */
export function cleanupCommand(kind: KeaKind, path: string) {
  const files = ['-x', `${path}.2`, '-i', `${path}.1`, '-o', `${path}.output`, '-f', `${path}.completed`];
  const args = ['-4', ...files, '-p', `${path}.pid`, '-c', 'ignored'];
  return { program: VERSIONS[kind].cleanup ?? '', args, env: { KEA_LOCKFILE_DIR: 'none' } };
}

/** The configuration as this server spells it; Tandem and Kea 2.2 read the one that the tests write. */
export function spelled(kind: ServerKind, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => spelled(kind, item));
  if (typeof value !== 'object' || value === null) return value;
  const spellings = isKea(kind) ? VERSIONS[kind].spellings : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      // What is meant for a library, all versions spell alike.
      if (name === 'parameters') return [name, member];
      const [own, respell] = spellings[name] ?? [name, (same: unknown) => same];
      return [own, respell(spelled(kind, member))];
    }),
  );
}

/** Kea must find a hook library; for Tandem its file name is enough. */
function inOneOf(places: readonly string[]): (file: unknown) => unknown {
  return (file) => places.map((place) => join(place, `${file}`)).find((path) => existsSync(path)) ?? file;
}

function systemHooks(): string[] {
  return ['/usr/lib', '/usr/local/lib'].flatMap((root) =>
    existsSync(root) ? readdirSync(root).map((part) => join(root, part, 'kea/hooks')) : [],
  );
}

function existing(path: string): string | null {
  return existsSync(path) ? path : null;
}
