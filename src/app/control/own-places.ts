/**
 * Where the server may write, and what it may run, when its configuration comes by a command: where the configuration file
 * has it write anyway, and in the directories of Kea. Whoever reaches a control socket may change leases; he must not get at
 * files of the machine by it (CVE-2025-32801, CVE-2025-32802).
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CommonConfig, LoggerConfig } from '../../config/model.ts';
import type { LoadedConfiguration } from '../configuration.ts';

const USUAL_PLACES = [
  process.env['KEA_DHCP_DATA_DIR'] || '/var/lib/kea',
  process.env['KEA_LOG_FILE_DIR'] || '/var/log/kea',
  process.env['KEA_CONTROL_SOCKET_DIR'] || '/run/kea',
];

/** Libraries that run programs or write files by their parameters: a command may not bring or change them. */
const FIXED_LIBRARIES = /^libdhcp_(run_script|legal_log|forensic_log)\.so$/;

const WITHIN = 'by a command only a file in a directory that the configuration file uses';
const AS_THERE = 'by a command only those of the configuration file, with the same parameters';

const APART = 'by a command a file that nothing else is written to';

export interface Place {
  /** For the operator: the key of the configuration. */
  readonly what: string;
  readonly path: string;
}

/** What the file of a DHCPv6 server's DUID is called among the places. */
export const SERVER_ID_PLACE = "the file of the server's DUID";

/** Files that the servers of a family write beside those that all servers do. */
export type PlacesOf<C> = (config: C) => readonly Place[];

export class OwnPlaces<C extends CommonConfig> {
  readonly #directories: ReadonlySet<string>;
  readonly #fixed: readonly unknown[];
  readonly #own: readonly Place[];

  readonly #otherPlaces: PlacesOf<C>;

  private constructor(
    directories: ReadonlySet<string>,
    fixed: readonly unknown[],
    own: readonly Place[],
    otherPlaces: PlacesOf<C>,
  ) {
    this.#directories = directories;
    this.#fixed = fixed;
    this.#own = own;
    this.#otherPlaces = otherPlaces;
  }

  /** @param file of the configuration */
  static of<C extends CommonConfig>(
    { config, document }: LoadedConfiguration<C>,
    file: string,
    otherPlaces: PlacesOf<C>,
  ): OwnPlaces<C> {
    const own = [...placesOf(config), ...otherPlaces(config)];
    const directories = [...own.map(({ path }) => dirname(path)), ...USUAL_PLACES].map(realPath);
    const kept = [{ what: 'the configuration file', path: file }, ...own];
    return new OwnPlaces(new Set(directories), fixedLibraries(document), kept, otherPlaces);
  }

  /** What a configuration asks for beyond these places, a sentence each. */
  strays({ config, document }: LoadedConfiguration<C>): string[] {
    const strays: string[] = placesOf(config)
      .filter(({ path }) => !this.#directories.has(realPath(dirname(path))))
      .map(({ what, path }) => `${what}: found ${JSON.stringify(path)}; expected ${WITHIN}`);
    strays.push(...this.#overlaps(config));
    const isKnown = (library: unknown): boolean =>
      this.#fixed.some((known) => isDeepStrictEqual(known, library));
    if (fixedLibraries(document).every(isKnown)) return strays;
    return [...strays, `hooks-libraries: found one that runs programs or writes files; expected ${AS_THERE}`];
  }

  /** Files for two things at once, such as a log that goes into the lease file: either would spoil the other. */
  #overlaps(config: C): string[] {
    const wanted = [...placesOf(config), ...this.#otherPlaces(config)];
    return wanted.flatMap(({ what, path }) => {
      const other = [...this.#own, ...wanted].find((each) => each.what !== what && overlap(each, path));
      if (other === undefined) return [];
      return [`${what}: found ${JSON.stringify(path)}, which is ${other.what}; expected ${APART}`];
    });
  }
}

/** What goes with a file of each kind: the work of clean-ups, locks, former logs. */
const COMPANIONS: Readonly<Record<string, RegExp>> = {
  'lease-database/name': /^\.(?:1|2|output|completed|merged|pid|lock)$/,
  'loggers/output': /^\.(?:\d+|lock)$/,
  [SERVER_ID_PLACE]: /^\.next$/,
};

/** Whether a path is this place, or that of a companion. */
function overlap({ what, path }: Place, other: string): boolean {
  const [own, given] = [path, other].map((each) => join(realPath(dirname(each)), basename(each)));
  if (given === own) return true;
  return given!.startsWith(own!) && (COMPANIONS[what]?.test(given!.slice(own!.length)) ?? false);
}

function placesOf({ leaseDatabase, loggers, controlSockets }: CommonConfig): Place[] {
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

function fixedLibraries({ Dhcp4: dhcp4, Dhcp6: own = dhcp4 }: LoadedConfiguration['document']): unknown[] {
  const { 'hooks-libraries': libraries = [] } = own as { 'hooks-libraries'?: unknown[] };
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
