import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isServerText } from '../../../src/config/read.ts';
import type { ArgumentMap } from '../../../src/control/arguments.ts';
import {
  type ConfigOutcome,
  type ConfigurationSources,
  configHash,
  createConfigurationCommands,
} from '../../../src/control/commands/configuration.ts';

const document = { Dhcp4: { 'valid-lifetime': 4000, subnet4: [{ id: 1, subnet: '10.0.0.0/8' }] } };
const fine: ConfigOutcome = { ok: true, problems: [] };

function setUp(sources: Partial<ConfigurationSources> = {}) {
  const commands = createConfigurationCommands({
    key: 'Dhcp4',
    document: () => document,
    check: () => fine,
    reload: async () => fine,
    change: async (edit) => (edit(document) === null ? fine : fine),
    path: '/nowhere/tandem.json',
    isConfiguration: (text) => isServerText({ key: 'Dhcp4' }, text),
    ...sources,
  });
  return (name: string, args?: unknown) => commands.get(name)!(args);
}

t.test('config-get gives the document and its hash', async (t) => {
  const run = setUp();
  t.same(await run('config-get'), { result: 0, arguments: { ...document, hash: configHash(document) } });
});

t.test('what else stands in the file is neither shown nor hashed', async (t) => {
  const run = setUp({
    document: () => ({ ...document, 'Control-agent': { password: 'secret' }, hash: 'forged' }),
  });
  t.same(await run('config-get'), { result: 0, arguments: { ...document, hash: configHash(document) } });
});

t.test(
  'the hash is SHA-256 of the document with sorted keys, so that order and identity do not matter',
  async (t) => {
    const text = '{"Dhcp4":{"subnet4":[{"id":1,"subnet":"10.0.0.0/8"}],"valid-lifetime":4000}}';
    const expected = createHash('sha256').update(text).digest('hex');
    t.equal(configHash(document), expected);
    t.equal(configHash(JSON.parse(text)), expected);
    t.equal(configHash(document), expected, 'also when it is remembered');
    t.not(configHash({ Dhcp4: { 'valid-lifetime': 4001 } }), expected);
    t.match(configHash({}), /^[0-9a-f]{64}$/);
  },
);

t.test('config-hash-get gives the hash alone, of the document in force', async (t) => {
  let current: Readonly<Record<string, unknown>> = document;
  const run = setUp({ document: () => current });
  t.same(await run('config-hash-get'), { result: 0, arguments: { hash: configHash(document) } });
  current = { Dhcp4: {} };
  t.same(await run('config-hash-get'), { result: 0, arguments: { hash: configHash({ Dhcp4: {} }) } });
});

t.test('config-test refuses wrong arguments with the words of Kea', async (t) => {
  const run = setUp();
  const rows: [args: unknown, text: string][] = [
    [undefined, "Missing mandatory 'arguments' parameter."],
    [[], 'Error during command processing: get(string) called on a non-map Element'],
    [null, 'Error during command processing: get(string) called on a non-map Element'],
    [{ x: 1 }, "Missing mandatory 'Dhcp4' parameter."],
    [{}, "Missing mandatory 'Dhcp4' parameter."],
    [{ Dhcp4: {}, x: 1 }, "Unsupported 'x' parameter."],
    [{ Dhcp4: 3 }, "'Dhcp4' parameter expected to be a map."],
    [{ Dhcp4: [] }, "'Dhcp4' parameter expected to be a map."],
  ];
  for (const command of ['config-test', 'config-set']) {
    for (const [args, text] of rows) t.same(await run(command, args), { result: 1, text }, command);
  }
});

t.test(
  'config-set has the server work by the document, and answers with the hash of what is in force',
  async (t) => {
    let current: ArgumentMap = document;
    let outcome: ConfigOutcome = fine;
    const run = setUp({
      document: () => current,
      change: async (edit) => {
        if (outcome.ok) current = edit(current) ?? current;
        return outcome;
      },
    });
    const next = { Dhcp4: { 'valid-lifetime': 60 } };
    t.same(await run('config-set', { ...next, hash: 'as config-get answers it' }), {
      result: 0,
      text: 'Configuration successful.',
      arguments: { hash: configHash(next) },
    });
    t.same(current, next);
    outcome = { ok: false, problems: ['Dhcp4/subnet4: found 3; expected a list'] };
    t.same(await run('config-set', { Dhcp4: { subnet4: 3 } }), { result: 1, text: outcome.problems[0] });
    t.same(current, next, 'a bad one changes nothing');
  },
);

t.test('config-write writes what config-get shows, whole, with mode 0640', async (t) => {
  const folder = t.testdir({ 'kea.conf': 'old', 'other.conf': 'theirs', secret: 'kept', sub: {} });
  symlinkSync(join(folder, 'secret'), join(folder, 'link.conf'));
  const path = join(folder, 'kea.conf');
  const run = setUp({ path });
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const size = JSON.stringify(JSON.parse(text)).length;
  for (const args of [undefined, {}, { filename: '' }, { filename: 'kea.conf' }, { filename: path }]) {
    writeFileSync(path, 'old');
    const { result, text: words, arguments: given } = await run('config-write', args);
    t.same([result, words], [0, `Configuration written to ${path} successful`]);
    const written = readFileSync(path, 'utf8');
    t.same(given, { filename: path, size: Buffer.byteLength(written) });
    t.same(JSON.parse(written), document);
    t.ok(size > 0);
    t.equal(statSync(path).mode & 0o777, 0o640);
  }
  t.match(await run('config-write', { filename: 'new.conf' }), { result: 0 });
  t.match(await run('config-write', { filename: 'new.conf' }), { result: 0 }, 'a second time');
  for (const filename of ['other.conf', join(folder, 'secret')])
    t.match(await run('config-write', { filename }), { result: 1, text: /holds something else/ }, filename);
  t.equal(readFileSync(join(folder, 'other.conf'), 'utf8'), 'theirs');
  const before = readdirSync(folder).toSorted();
  const escapes = [
    '../x',
    '/etc/x',
    'sub/x',
    '.',
    '..',
    'sub',
    'link.conf',
    join(folder, 'link.conf'),
    `${folder}/`,
  ];
  const odd = [
    'a\0b',
    'a\nb',
    'x'.repeat(300),
    `${folder}/../x`,
    `${folder}/sub/../../x`,
    '/',
    '/proc/self/mem',
  ];
  for (const filename of [...escapes, ...odd])
    t.match(
      await run('config-write', { filename }),
      { result: 1, text: /^Error during write-config:/ },
      filename,
    );
  t.match(await run('config-write', { filename: 1 }), {
    text: "passed parameter 'filename' is not a string",
  });
  for (const args of [[], 'x', null, 1])
    t.match(await run('config-write', args), { text: 'Argument must be a map' });
  t.same(readdirSync(folder).toSorted(), before, 'nothing came, nothing temporary stayed');
  t.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'kept');
});

t.test(
  'config-write into a directory that is reached by a symbolic link writes into that directory',
  async (t) => {
    const folder = t.testdir({ real: { 'kea.conf': '' } });
    symlinkSync(join(folder, 'real'), join(folder, 'etc'));
    const run = setUp({ path: join(folder, 'etc', 'kea.conf') });
    t.match(await run('config-write', { filename: join(folder, 'etc', 'kea.conf') }), { result: 0 });
    t.same(JSON.parse(readFileSync(join(folder, 'real', 'kea.conf'), 'utf8')), document);
  },
);

t.test('server-tag-get gives the tag, none by default', async (t) => {
  t.same(await setUp()('server-tag-get'), { result: 0, arguments: { 'server-tag': '' } });
  const run = setUp({ document: () => ({ Dhcp4: { 'server-tag': 'a' } }) });
  t.same(await run('server-tag-get'), { result: 0, arguments: { 'server-tag': 'a' } });
});

t.test('config-test hands over the document and says what the check found', async (t) => {
  const seen: object[] = [];
  let outcome: ConfigOutcome = fine;
  const run = setUp({
    check: (given) => {
      seen.push(given);
      return outcome;
    },
  });
  t.match(await run('config-test', document), { result: 0, text: /^Configuration seems sane\./ });
  t.same(seen, [document]);
  outcome = { ok: false, problems: ['Dhcp4/subnet4: found 3; expected a list', 'second'] };
  t.same(await run('config-test', document), {
    result: 1,
    text: 'Dhcp4/subnet4: found 3; expected a list\nsecond',
  });
});

t.test('a long list of problems is cut', async (t) => {
  const problems = Array.from({ length: 1000 }, (_, index) => `problem ${index}`);
  const run = setUp({ check: () => ({ ok: false, problems }) });
  const { text } = await run('config-test', document);
  t.match(text, /problem 19\n... and 980 more$/);
});

t.test('config-reload answers with the hash of what is in force then', async (t) => {
  let current: Readonly<Record<string, unknown>> = document;
  const run = setUp({
    document: () => current,
    reload: async () => {
      current = { Dhcp4: {} };
      return fine;
    },
  });
  t.same(await run('config-reload'), {
    result: 0,
    text: 'Configuration successful.',
    arguments: { hash: configHash({ Dhcp4: {} }) },
  });
});

t.test('config-reload says why it failed', async (t) => {
  const run = setUp({ reload: async () => ({ ok: false, problems: ['no such file'] }) });
  t.same(await run('config-reload'), { result: 1, text: 'Config reload failed: no such file' });
});

t.test(
  'each reload is asked for, whatever becomes of others: their order is not for this command',
  async (t) => {
    const finish: ((outcome: ConfigOutcome) => void)[] = [];
    const run = setUp({ reload: () => new Promise((resolve) => finish.push(resolve)) });
    const [first, second] = [run('config-reload'), run('config-reload')];
    t.equal(finish.length, 2);
    finish[1]!({ ok: false, problems: ['no'] });
    t.match(await second, { result: 1, text: /no/ });
    finish[0]!(fine);
    t.match(await first, { result: 0 });
  },
);
