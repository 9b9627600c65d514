/**
 * Where the server may write, and what it may run, when its configuration comes by a command: where the configuration file
 * has it write anyway, and in the directories of Kea. Whoever reaches a control socket may change leases; he must not get at
 * files of the machine by it (CVE-2025-32801, CVE-2025-32802).
 */
import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LoggerConfig, ServerConfig } from '../config/model.ts';
import type { LoadedConfiguration } from './configuration.ts';

const USUAL_PLACES = [
  process.env['KEA_DHCP_DATA_DIR'] || '/var/lib/kea',
  process.env['KEA_LOG_FILE_DIR'] || '/var/log/kea',
  process.env['KEA_CONTROL_SOCKET_DIR'] || '/run/kea',
];

/** Libraries that run programs or write files by their parameters: a command may not bring or change them. */
const FIXED_LIBRARIES = /^libdhcp_(run_script|legal_log|forensic_log)\.so$/;

const WITHIN = 'by a command only a file in a directory that the configuration file uses';
const AS_THERE = 'by a command only those of the configuration file, with the same parameters';

interface Place {
  /** For the operator: the key of the configuration. */
  readonly what: string;
  readonly path: string;
}

export class OwnPlaces {
  readonly #directories: ReadonlySet<string>;
  readonly #fixed: readonly unknown[];

  private constructor(directories: ReadonlySet<string>, fixed: readonly unknown[]) {
    this.#directories = directories;
    this.#fixed = fixed;
  }

  static of({ config, document }: LoadedConfiguration): OwnPlaces {
    const own = placesOf(config).map(({ path }) => dirname(path));
    return new OwnPlaces(new Set([...own, ...USUAL_PLACES].map(realPath)), fixedLibraries(document));
  }

  /** What a configuration asks for beyond these places, a sentence each. */
  strays({ config, document }: LoadedConfiguration): string[] {
    const strays = placesOf(config)
      .filter(({ path }) => !this.#directories.has(realPath(dirname(path))))
      .map(({ what, path }) => `${what}: found ${JSON.stringify(path)}; expected ${WITHIN}`);
    const isKnown = (library: unknown): boolean =>
      this.#fixed.some((known) => isDeepStrictEqual(known, library));
    if (fixedLibraries(document).every(isKnown)) return strays;
    return [...strays, `hooks-libraries: found one that runs programs or writes files; expected ${AS_THERE}`];
  }
}

function placesOf({ leaseDatabase, loggers, controlSockets }: ServerConfig): Place[] {
  return [
    ...(leaseDatabase.persist ? [{ what: 'lease-database/name', path: leaseDatabase.path }] : []),
    ...loggers.flatMap(logFiles),
    ...controlSockets.flatMap((socket) =>
      socket.kind === 'unix' ? [{ what: 'control-socket/socket-name', path: socket.path }] : [],
    ),
  ];
}

function logFiles({ outputs }: LoggerConfig): Place[] {
  return outputs.flatMap(({ target }) =>
    target.kind === 'file' ? [{ what: 'loggers/output', path: target.path }] : [],
  );
}

function fixedLibraries({ Dhcp4: dhcp4 }: LoadedConfiguration['document']): unknown[] {
  const { 'hooks-libraries': libraries = [] } = dhcp4 as { 'hooks-libraries'?: unknown[] };
  return libraries.filter((each) => {
    const { library } = each as { library: string };
    return FIXED_LIBRARIES.test(basename(library));
  });
}

/** Without the symbolic links on the way; what does not exist stays as it is written. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
