/** The files that come with Debian's Kea are accepted as they stand. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { needProgram } from '../support/need.ts';

const INSTALLED = '/etc/kea/kea-dhcp4.conf';
/** In the package kea-doc. */
const EXAMPLES = '/usr/share/doc/kea/examples/kea4';

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

/** Keys whose values of these files are none of Tandem's yet, whatever the file. */
const NOT_YET = /\/(?:dhcp-ddns|ddns-[a-z-]+|hostname-char-[a-z-]+)(?:\/|$)/;

t.test('every example is accepted, but for what stands in the list', async (t) => {
  if (!needProgram(t, 'kea-dhcp4')) return;
  const examples = existsSync(EXAMPLES) ? readdirSync(EXAMPLES).map((name) => join(EXAMPLES, name)) : [];
  for (const path of [INSTALLED, ...examples]) {
    const result = loadConfig(path);
    const problems = result.ok ? [] : result.problems.filter((each) => !NOT_YET.test(each.path));
    const allowed = REFUSED[basename(path)] ?? [];
    const others = problems.filter((each) => !allowed.includes(each.path.split('/').at(-1) ?? ''));
    t.strictSame(others.map(formatProblem), [], path);
    for (const key of allowed)
      t.ok(
        problems.some((each) => each.path.endsWith(key)),
        `${key} of ${path} is refused`,
      );
  }
});
