/** The entrances: from a file, a text or a document, and what the options change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkDocument, loadConfig, parseConfig } from '../../src/config/load.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { hotStandby, loadBalancing } from './fixtures/examples.ts';
import { dhcp4, findProblems } from './fixtures/marked-file.ts';

const SKELETON = '"interfaces-config": { "interfaces": [ "eth0" ], "dhcp-socket-type": "udp" }';

function good(text: string): ServerConfig {
  const result = parseConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

t.test('the configuration is frozen to the bottom and can be handed to another thread', async (t) => {
  const config = good(hotStandby);
  const open: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    if (!Object.isFrozen(value)) open.push(path);
    for (const [key, member] of Object.entries(value)) visit(member, `${path}.${key}`);
  };
  visit(config, 'config');
  t.strictSame(open, []);
  t.strictSame(structuredClone(config), config);
});

t.test('the document is the file as read', async (t) => {
  const result = parseConfig(loadBalancing, 'kea.conf');
  t.strictSame(result.ok && result.document, JSON.parse(loadBalancing));
});

t.test('a document without text gives the same configuration as its text', async (t) => {
  const fromDocument = checkDocument(JSON.parse(loadBalancing));
  t.strictSame(fromDocument.ok && fromDocument.config, good(loadBalancing));
});

t.test('problems of a document without text have paths and no positions', async (t) => {
  const result = checkDocument({ Dhcp4: { 'valid-lifetime': '1', subnet4: [{ id: -1 }] } });
  t.strictSame(result.ok ? [] : result.problems.map(formatProblem), [
    'Dhcp4/valid-lifetime: found "1"; expected an integer from 1 to 4294967295',
    'Dhcp4/subnet4[0]/id: found -1; expected an integer from 0 to 4294967294',
    'Dhcp4/subnet4[0]/subnet: found nothing; expected a prefix such as "192.0.2.0/24"',
  ]);
  t.match(result, { problems: [{ file: null, line: null, column: null }] });
});

t.test('the name of this server can come from the command line', async (t) => {
  const south = parseConfig(loadBalancing, 'kea.conf', { thisServerName: 'south' });
  t.equal(south.ok && south.config.relationships[0]?.thisServerName, 'south');
  const unnamed = loadBalancing.replace('"this-server-name": "north",', '');
  const named = parseConfig(unnamed, 'kea.conf', { thisServerName: ' north ' });
  t.equal(named.ok && named.config.relationships[0]?.thisServerName, 'north');
  const wrong = parseConfig(loadBalancing, 'kea.conf', { thisServerName: 'west' });
  t.match(wrong, {
    ok: false,
    problems: [{ found: '"west"', expected: 'the name of a peer: "north", "south"', line: 13 }],
  });
});

t.test('what is not implemented becomes a warning when the operator goes without it', async (t) => {
  const text = `{ "Dhcp4": { "interfaces-config": { "interfaces": [ "eth0" ] }, "dhcp4o6-port": 5000,
    "hooks-libraries": [ { "library": "/x/libdhcp_host_cache.so" } ],
    "hosts-databases": [ { "type": "mysql" } ] } }`;
  t.match(parseConfig(text, 'kea.conf'), { ok: false, problems: { length: 3 }, warnings: [] });
  const ignored = parseConfig(text, 'kea.conf', { ignoreUnsupported: true });
  t.strictSame(
    ignored.warnings.map((each) => each.path),
    ['Dhcp4/dhcp4o6-port', 'Dhcp4/hooks-libraries[0]/library', 'Dhcp4/hosts-databases'],
  );
  t.strictSame(ignored.ok && ignored.config.options, []);
});

t.test('stores and authentication are never left out', async (t) => {
  const text = `{ "Dhcp4": { ${SKELETON},
    "lease-database": { "type": "mysql" },
    "control-sockets": [ { "socket-type": "http", "authentication": { "clients": [ { "user": "a" } ] } },
      { "socket-type": "https", "trust-anchor": "ca.pem" } ] } }`;
  const result = parseConfig(text, 'kea.conf', { ignoreUnsupported: true });
  t.strictSame(result.ok ? [] : result.problems.map((each) => each.path), [
    'Dhcp4/lease-database/type',
    'Dhcp4/control-sockets[0]/authentication/type',
    'Dhcp4/control-sockets[1]',
    'Dhcp4/control-sockets[1]',
  ]);
});

t.test('a file that cannot be read is a problem, not an exception', async (t) => {
  const directory = t.testdir({});
  t.match(loadConfig(join(directory, 'none.conf')), {
    ok: false,
    problems: [{ file: join(directory, 'none.conf'), line: null, found: /ENOENT/ }],
  });
  t.match(loadConfig(directory), { ok: false, problems: [{ found: 'a directory' }] });
});

t.test('a file on disk is loaded', async (t) => {
  const path = join(t.testdir({}), 'kea.conf');
  writeFileSync(path, hotStandby);
  t.match(loadConfig(path), { ok: true, config: { relationships: [{ thisServerName: 'server1' }] } });
});

t.test('all problems of a file are reported at once, in the order of the text', async (t) => {
  const text = dhcp4(
    '"valid-lifetime": 0',
    '"bogus": 1',
    '"subnet4": [ { "id": 1, "subnet": "x" }, { "id": 1 } ]',
  );
  t.strictSame(
    findProblems(text)
      .split('\n')
      .map((line) => line.split(': found')[0]),
    [
      'kea.conf:4:23: Dhcp4/valid-lifetime',
      'kea.conf:5:5: Dhcp4/bogus',
      'kea.conf:6:39: Dhcp4/subnet4[0]/subnet',
      'kea.conf:6:46: Dhcp4/subnet4[1]/subnet',
    ],
  );
});

t.test(
  'a file of several servers is refused, the hash of a document from config-get is not looked at',
  async (t) => {
    const right = `"Dhcp4": { ${SKELETON} }`;
    t.equal(
      findProblems(`{ ${right}, "Dhcp6": {} }`).split(':').slice(1).join(':'),
      '1:94: Dhcp6: found the key "Dhcp6" beside "Dhcp4"; expected "Dhcp4" alone',
    );
    t.equal(checkDocument({ ...(JSON.parse(`{ ${right} }`) as object), hash: 'ABC' }).ok, true);
  },
);
