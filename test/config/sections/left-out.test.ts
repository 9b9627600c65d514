/** Who refers to something that is left out is told so, with its place. */
import t from 'tap';
import { checkDocument, parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { dhcp4 } from '../fixtures/marked-file.ts';

const CLASSES = '"client-classes": [ { "name": "voip" }, { "name": "lab", "test": "member(\'ALL\')" } ]';
const OPTIONS = `"option-def": [ { "name": "blob", "code": 222, "type": "string" },
    { "name": "other", "code": 223, "type": "string", "space": "mine" } ]`;

/** What is said about the file behind the word that names its section. */
function said(text: string): { ok: boolean; lines: readonly string[] } {
  const result = parseConfig(text, 'kea.conf', { ignoreUnsupported: true });
  const problems = [...(result.ok ? [] : result.problems), ...result.warnings];
  return {
    ok: result.ok,
    lines: problems.map(formatProblem).filter((line) => !/(client-classes|option-def): found/.test(line)),
  };
}

t.test(
  'a pool that is guarded by a class of the file stays an error, which says that the class is left out',
  async (t) => {
    const pool = (guard: string): string =>
      `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "pools": [ { "pool": "10.0.0.0/28", ${guard} } ] } ]`;
    t.strictSame(said(dhcp4(CLASSES, pool('"client-class": "lab"'))), {
      ok: false,
      lines: [
        'kea.conf:5:89: Dhcp4/subnet4[0]/pools[0]/client-class: found the class "lab", which Dhcp4/client-classes[1] (kea.conf:4:45) defines and which is left out; expected a class that exists: "ALL" (Kea knows this, Tandem does not implement it yet)',
      ],
    });
    t.match(said(dhcp4(CLASSES, pool('"client-classes": [ "ALL", "voip" ]'))), {
      ok: false,
      lines: [/client-classes\[1\]: found the class "voip", which Dhcp4\/client-classes\[0\] /],
    });
    t.match(said(dhcp4(CLASSES, pool('"client-class": "KNOWN"'))), {
      ok: false,
      lines: [/found the class "KNOWN", which is built into Kea; .* does not implement it yet/],
    });
    t.match(said(dhcp4(CLASSES, pool('"client-class": "Lab"'))), {
      ok: false,
      lines: [/found the class "Lab"; expected a class that exists: "ALL"$/],
    });
  },
);

t.test('an option of an ignored definition is ignored with it', async (t) => {
  for (const entry of [
    '"name": "blob", "data": "x"',
    '"code": 222, "data": "x"',
    '"name": "blob", "code": 222, "data": "x"',
  ])
    t.match(
      said(dhcp4(OPTIONS, `"option-data": [ { ${entry} } ]`)),
      {
        ok: true,
        lines: [
          /found the option ("blob"|222), which Dhcp4\/option-def\[0\] \(kea.conf:4:21\) defines and which is left out; .*ignored\)$/,
        ],
      },
      entry,
    );
});

t.test('octets need no definition', async (t) => {
  for (const entry of ['"code": 222', '"code": 222, "name": "blob"', '"code": 200, "name": "mine"']) {
    const text = dhcp4(OPTIONS, `"option-data": [ { ${entry}, "csv-format": false, "data": "0a0b" } ]`);
    const result = parseConfig(text, 'kea.conf', { ignoreUnsupported: true });
    t.match(result, { ok: true, config: { options: [{ data: { 0: 0x0a, 1: 0x0b } }] } }, entry);
  }
});

t.test('a definition of another space is not meant', async (t) => {
  t.match(said(dhcp4(OPTIONS, '"option-data": [ { "name": "other", "data": "x" } ]')), {
    ok: false,
    lines: [/found "other"; expected the name of a standard DHCPv4 option/],
  });
});

t.test('without a text the place is a path', async (t) => {
  const result = checkDocument({
    Dhcp4: {
      'option-def': [{ name: 'blob', code: 222, type: 'string' }],
      'option-data': [{ name: 'blob', data: 'x' }],
    },
  });
  t.match(result.ok ? [] : result.problems.map(formatProblem), {
    1: /found the option "blob", which Dhcp4\/option-def\[0\] defines and which is left out; expected/,
  });
});

t.test('odd definitions are problems, not exceptions', async (t) => {
  for (const odd of ['null', '5', '{}', '[ null, 5, [], {}, { "name": null }, { "name": {}, "code": [] } ]'])
    t.notOk(said(dhcp4(`"client-classes": ${odd}, "option-def": ${odd}`)).ok && odd !== '[]');
});
