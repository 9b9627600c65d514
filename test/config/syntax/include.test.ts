/** Included files: where they may stand, whose name a problem bears, and what stops them from growing for ever. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';

function problemsOf(path: string): string[] {
  const result = loadConfig(path);
  return result.ok ? [] : result.problems.map(formatProblem);
}

t.test('a file is inserted wherever a token may stand', async (t) => {
  const directory = t.testdir({
    'interfaces.json': '{ "interfaces": [ "eth0" ], # ours\n "dhcp-socket-type": "udp" }',
    'subnets.json': '{ "id": 1, "subnet": "10.1.0.0/16" }, <?include "' + 'MORE"?>',
    'more.json': '{ "id": 2, "subnet": "10.2.0.0/16" }',
    'empty.json': '// nothing yet\n',
    'kea.conf': '',
  });
  const at = (name: string) => join(directory, name);
  writeFileSync(at('subnets.json'), `{ "id": 1, "subnet": "10.1.0.0/16" }, <?include "${at('more.json')}"?>`);
  writeFileSync(
    at('kea.conf'),
    `{ "Dhcp4": { "interfaces-config": <?include "${at('interfaces.json')}"?>,
    <?include "${at('empty.json')}" ?> "subnet4": [ <?include  "${at('subnets.json')}"?> ],
    "user-context": { "text": "<?include \\"none\\"?>" } # <?include "none"?>
    } }`,
  );
  const result = loadConfig(at('kea.conf'));
  t.match(result, { ok: true, config: { subnets: [{ id: 1 }, { id: 2 }] } });
  t.match(result.ok && result.document, { Dhcp4: { 'user-context': { text: '<?include "none"?>' } } });
});

t.test('a problem names the file that it stands in, before, inside and after an include', async (t) => {
  const directory = t.testdir({});
  const main = join(directory, 'kea.conf');
  const part = join(directory, 'part.json');
  writeFileSync(part, '# a comment\n  "valid-lifetime": 0,\n"bogus": 1');
  writeFileSync(
    main,
    `{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "interfaces": [ 1 ] },
  <?include "${part}"?>, "renew-timer": -1,
  "rebind-timer": -1 } }`,
  );
  const column = `  <?include "${part}"?>, "renew-timer": `.length + 1;
  t.strictSame(
    problemsOf(main).map((line) => line.split(' found')[0]),
    [
      `${main}:1:80: Dhcp4/interfaces-config/interfaces[0]:`,
      `${part}:2:21: Dhcp4/valid-lifetime:`,
      `${part}:3:1: Dhcp4/bogus:`,
      `${main}:2:${column}: Dhcp4/renew-timer:`,
      `${main}:3:19: Dhcp4/rebind-timer:`,
    ],
  );
});

t.test('faults of the text of an included file bear its name', async (t) => {
  const directory = t.testdir({});
  const main = join(directory, 'kea.conf');
  const part = join(directory, 'part.json');
  writeFileSync(main, `{ "Dhcp4": <?include "${part}"?> }`);
  writeFileSync(part, '{\n "a": 1 "b": 2 }');
  t.strictSame(problemsOf(main), [`${part}:2:9: found "\\"b\\""; expected a comma`]);
  writeFileSync(part, '{\n "a": "x }');
  t.strictSame(problemsOf(main), [
    `${part}:2:7: found a string without an end; expected a closing quote on the same line`,
  ]);
});

t.test('a file that is missing or a directory is a problem at the directive', async (t) => {
  const directory = t.testdir({});
  const main = join(directory, 'kea.conf');
  writeFileSync(main, `{\n  "Dhcp4": <?include "${directory}/none"?>, "x": <?include "${directory}"?> }`);
  const [first, second] = problemsOf(main);
  t.match(first, `${main}:2:12: found ENOENT`);
  t.match(second, 'found a directory; expected a file');
});

t.test('files may nest ten levels deep, not eleven', async (t) => {
  const directory = t.testdir({});
  const at = (level: number) => join(directory, `level${level}.json`);
  for (let level = 0; level < 10; level++) writeFileSync(at(level), `[ <?include "${at(level + 1)}"?> ]`);
  writeFileSync(at(10), '1');
  t.match(problemsOf(at(0)), [/found a list of 1; expected a map/]);
  writeFileSync(at(10), `<?include "${at(11)}"?>`);
  writeFileSync(at(11), '1');
  t.strictSame(problemsOf(at(0)), [
    `${at(10)}:1:1: found level 11 of includes, of which 10 are allowed; expected a file "${at(11)}" that can be included`,
  ]);
});

t.test('a file that includes itself is refused at once', async (t) => {
  const directory = t.testdir({});
  const [a, b] = [join(directory, 'a.json'), join(directory, 'b.json')];
  writeFileSync(a, `[ <?include "${b}"?> ]`);
  writeFileSync(b, `<?include "${a}"?>`);
  t.match(problemsOf(a), [/b\.json:1:1: found a file that includes itself/]);
});

t.test('a few small files cannot grow into a huge configuration', async (t) => {
  const directory = t.testdir({});
  const at = (level: number) => join(directory, `level${level}.json`);
  for (let level = 0; level < 9; level++)
    writeFileSync(at(level), `<?include "${at(level + 1)}"?>`.repeat(20));
  writeFileSync(at(9), '');
  t.match(problemsOf(at(0))[0], 'found more than 10000 includes in one configuration');
  for (let level = 0; level < 9; level++)
    writeFileSync(at(level), `<?include "${at(level + 1)}"?>`.repeat(4));
  writeFileSync(at(9), ' '.repeat(65_536));
  t.match(problemsOf(at(0))[0], 'grows too large by its includes');
});
