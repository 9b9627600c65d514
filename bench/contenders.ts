/** Who takes part: programs by the names of the command line, and the pairs that they make. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTandemKind, type ServerKind, TANDEM } from '../src/demo/local-server.ts';
import { KEA_2, KEA_3 } from './kea.ts';

/** One program, or the two of a pair, primary first. */
export interface Contender {
  readonly name: string;
  readonly kinds: readonly [ServerKind, ServerKind];
}

const REFLECTOR_PROGRAM = fileURLToPath(new URL('./reflector-server.js', import.meta.url));

/** What kernel and load leave to any server. */
export const REFLECTOR: ServerKind = {
  ...createTandemKind('reflector: no lease, no disk', REFLECTOR_PROGRAM),
  command: ({ configFile, port, relayPort, logFile }) => ({
    program: process.execPath,
    args: [REFLECTOR_PROGRAM, '-c', configFile, '-p', `${port}`, '-P', `${relayPort}`],
    logFile,
  }),
};

const KINDS: Readonly<Record<string, ServerKind>> = { tandem: TANDEM, kea2: KEA_2, kea3: KEA_3 };

/**
 * Reads a list like `tandem,tandem:../other,kea2,kea3,tandem+kea3`: a name is one program or a pair of it, two names with a
 * `+` are a pair of two programs, primary first. `tandem:PATH` is the build of another working tree, or another `main.js`.
 * @throws Error that names what is no program
 */
export function parseContenders(list: string): readonly Contender[] {
  return list.split(',').map((text): Contender => {
    const [primary = '', standby = primary, ...more] = text.trim().split('+');
    if (more.length > 0) throw new Error(`"${text}" is more than a pair`);
    const kinds = [kindOf(primary), kindOf(standby)] as const;
    const [first, second] = kinds;
    return { name: first.name === second.name ? first.name : `${first.name} + ${second.name}`, kinds };
  });
}

/** Of those that are one program, the programs. */
export function kindsOf(contenders: readonly Contender[]): readonly ServerKind[] {
  return contenders
    .filter(({ kinds: [one, other] }) => one.name === other.name)
    .map(({ kinds: [one] }) => one);
}

function kindOf(name: string): ServerKind {
  const [program = '', ...path] = name.split(':');
  if (program === 'tandem' && path.length > 0) return otherBuild(path.join(':'));
  const kind = KINDS[name];
  if (kind === undefined)
    throw new Error(`no program "${name}"; there are ${Object.keys(KINDS).join(', ')} and tandem:PATH`);
  return kind;
}

function otherBuild(path: string): ServerKind {
  const main = path.endsWith('.js') ? path : join(path, 'dist/main.js');
  if (!existsSync(main)) throw new Error(`no build in ${path}: ${main} is not there`);
  return createTandemKind(`Tandem ${path}`, resolve(main));
}
