/** The files that come with Debian's Kea are accepted as they stand, as by Kea itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { missing, needProgram } from '../support/need.ts';
import { SYSTEM_PATH } from './programs.ts';

const INSTALLED = '/etc/kea/kea-dhcp4.conf';
/** In the package kea-doc, which `.ci/run` unpacks elsewhere: an image may leave out what lies below /usr/share/doc. */
const EXAMPLES = process.env['TANDEM_KEA_EXAMPLES'] ?? '/usr/share/doc/kea/examples';
/** Of Kea 2.2: kea4, and two servers of a template. */
const EXAMPLES_MIN = 27;

/** What is refused in which example, by the last key of its path: other stores, 4o6, and libraries that Tandem has not. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'all-keys-netconf.json': ['dhcp4o6-port', 'hosts-databases', '4o6-subnet', 'config-databases'],
  'all-keys.json': ['dhcp4o6-port', 'hosts-databases', '4o6-subnet', 'config-databases'],
  'config-backend.json': ['config-databases', 'library'],
  'dhcpv4-over-dhcpv6.json': ['4o6-interface', '4o6-subnet', 'dhcp4o6-port'],
  'hooks-radius.json': ['library'],
  'hooks.json': ['library'],
  'mysql-reservations.json': ['hosts-database'],
  'pgsql-reservations.json': ['hosts-databases'],
};

/** Why this machine's Kea refuses some: interfaces and libraries are not here. */
const NOT_HERE = /(?:doesn't exist|is not present) in the system|hooks libraries failed to validate/;

/** Every file below the directory that is a configuration of kea-dhcp4. */
function exampleFiles(): string[] {
  if (!existsSync(EXAMPLES)) return [];
  const names = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.(?:json|conf)$/.test(name)).map((name) => join(EXAMPLES, name));
  return files.filter((path) => readFileSync(path, 'utf8').includes('"Dhcp4"'));
}

t.test('every example is accepted, but for what stands in the list, and Kea takes it too', async (t) => {
  if (!needProgram(t, 'kea-dhcp4')) return;
  const examples = exampleFiles();
  if (examples.length === 0) {
    missing(t, 'needs the examples of the package kea-doc: TANDEM_KEA_EXAMPLES=DIRECTORY');
    return;
  }
  t.ok(examples.length >= EXAMPLES_MIN, `${examples.length} examples`);
  for (const path of [INSTALLED, ...examples]) {
    const result = loadConfig(path);
    const problems = result.ok ? [] : result.problems;
    const allowed = REFUSED[basename(path)] ?? [];
    const others = problems.filter((each) => !allowed.includes(each.path.split('/').at(-1) ?? ''));
    t.strictSame(others.map(formatProblem), [], path);
    for (const key of allowed) {
      const isRefused = problems.some((each) => each.path.endsWith(key));
      t.ok(isRefused, `${key} of ${path} is refused`);
    }
    t.equal(keaRefusal(path), null, `Kea takes ${path}`);
  }
});

/** Why Kea refuses a file, null when it does not, or only because of what this machine has not. */
function keaRefusal(path: string): string | null {
  const env = { ...process.env, PATH: SYSTEM_PATH, KEA_LOCKFILE_DIR: 'none' };
  const { status, stdout, stderr } = spawnSync('kea-dhcp4', ['-t', path], { env, encoding: 'utf8' });
  const text = `${stdout}${stderr}`;
  return status === 0 || NOT_HERE.test(text) ? null : text;
}
