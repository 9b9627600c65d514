/** What config-get shows, against what Kea 2.2 has shown of the same file. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { completeDocument } from '../../../src/config/complete/dhcp4.ts';
import { checkDocument, parseConfig } from '../../../src/config/load.ts';
import { hotStandby, loadBalancing } from '../fixtures/examples.ts';

type Dhcp4 = Record<string, unknown>;
interface Document {
  readonly Dhcp4: Dhcp4;
}

const recorded: { readonly given: Document; readonly shown: Document } = JSON.parse(
  readFileSync(new URL('../../../../test/config/fixtures/complete-kea22.json', import.meta.url), 'utf8'),
);

function complete(document: object): Document {
  return completeDocument(document as Readonly<Record<string, unknown>>) as unknown as Document;
}

/** Kea keeps the reservations of a subnet in an order of its own. */
function sorted(dhcp4: Dhcp4): Dhcp4 {
  return JSON.parse(JSON.stringify(dhcp4), (key, value) =>
    key === 'reservations' && Array.isArray(value)
      ? value.toSorted((a, b) => (JSON.stringify(a.hostname) < JSON.stringify(b.hostname) ? -1 : 1))
      : value,
  );
}

t.test('a file with every kind of section is shown as Kea shows it, key by key', async (t) => {
  const shown = sorted(complete(recorded.given).Dhcp4);
  const theirs = sorted(recorded.shown.Dhcp4);
  // No number says what Tandem does without this key.
  delete theirs['parked-packet-limit'];
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(shown)]))
    t.strictSame(shown[key], theirs[key], key);
});

t.test('completing changes neither what it is given nor what is complete', async (t) => {
  const before = JSON.stringify(recorded.given);
  const once = complete(recorded.given);
  t.equal(JSON.stringify(recorded.given), before);
  t.same(complete(once), once);
});

t.test('what is shown says the same as the file: the loader makes the same of both', async (t) => {
  for (const [name, text] of Object.entries({ hotStandby, loadBalancing })) {
    const file = parseConfig(text, name);
    if (!file.ok) throw new Error(JSON.stringify(file.problems));
    const again = checkDocument(complete(file.document));
    if (!again.ok) throw new Error(JSON.stringify(again.problems));
    // A comment is a part of the user context in what is shown.
    const plain = (config: object): string =>
      JSON.stringify(config, (key, value) => (key === 'userContext' ? null : value));
    t.equal(plain(again.config), plain(file.config), name);
  }
});

t.test('subnets without an id are shown with the numbers that the loader gives them', async (t) => {
  const subnet4 = [
    { subnet: '10.0.0.0/24' },
    { id: 9, subnet: '10.0.1.0/24' },
    { id: 0, subnet: '10.0.2.0/24' },
  ];
  const networks = [{ name: 'n', subnet4: [{ subnet: '10.0.3.0/24' }] }];
  const shown = complete({ Dhcp4: { subnet4, 'shared-networks': networks } }).Dhcp4;
  t.same(
    (shown['subnet4'] as Dhcp4[]).map(({ id }) => id),
    [2, 9, 3],
  );
  t.match(shown['shared-networks'], [{ subnet4: [{ id: 1 }] }]);
});

t.test('ranges that are a prefix are shown as one, others as they are', async (t) => {
  const rows: [given: string, shown: string][] = [
    ['10.0.0.0 - 10.0.0.255', '10.0.0.0/24'],
    ['10.0.0.1-10.0.0.255', '10.0.0.1-10.0.0.255'],
    ['10.0.0.7 - 10.0.0.7', '10.0.0.7/32'],
    ['10.0.0.128 - 10.0.1.127', '10.0.0.128-10.0.1.127'],
    ['10.0.0.0/25', '10.0.0.0/25'],
    ['0.0.0.0 - 255.255.255.255', '0.0.0.0/0'],
  ];
  for (const [pool, shown] of rows) {
    const subnet = { id: 1, subnet: '0.0.0.0/0', pools: [{ pool }] };
    t.match(
      complete({ Dhcp4: { subnet4: [subnet] } }).Dhcp4,
      { subnet4: [{ pools: [{ pool: shown }] }] },
      pool,
    );
  }
});

/** Whether what is shown means what the file says. */
function meansTheSame(members: object): boolean {
  const file = checkDocument({
    Dhcp4: { 'interfaces-config': { interfaces: ['lo/127.0.0.1'] }, ...members },
  });
  if (!file.ok) throw new Error(JSON.stringify(file.problems));
  const again = checkDocument(complete(file.document));
  return again.ok && JSON.stringify(again.config) === JSON.stringify(file.config);
}

t.test('an option that a class defines for itself is shown by its own definition', async (t) => {
  const own = [{ name: 'v', code: 43, type: 'uint32' }];
  const classes = [{ name: 'a', 'option-def': own, 'option-data': [{ name: 'v', data: '5' }] }];
  t.match(complete({ Dhcp4: { 'client-classes': classes } }).Dhcp4['client-classes'], [
    { 'option-data': [{ name: 'v', code: 43, 'csv-format': true, data: '5' }] },
  ]);
  t.ok(meansTheSame({ 'client-classes': classes }));
});

t.test('reservation-mode is shown with the flags that it sets, and no others [Kea]', async (t) => {
  for (const outer of ['disabled', 'off', 'out-of-pool', 'global', 'all']) {
    for (const inner of ['disabled', 'off', 'out-of-pool', 'global', 'all']) {
      const subnet4 = [{ id: 1, subnet: '10.0.0.0/24', 'reservation-mode': inner }];
      const networks = [{ name: 'a', 'reservation-mode': outer, subnet4 }];
      t.ok(meansTheSame({ 'shared-networks': networks }), `${inner} in ${outer}`);
    }
  }
});

t.test(
  'octets are shown as the loader reads them, in whatever form they stand in the file [Kea]',
  async (t) => {
    const rows: readonly (readonly [written: string, hwAddress: string, data: string])[] = [
      ['1:2:3', '01:02:03', '010203'],
      ['1 2 a', '01:02:0a', '01020A'],
      ['0x123', '01:23', '0123'],
      ['AB:0c', 'ab:0c', 'AB0C'],
      ["'é'", 'c3:a9', 'C3A9'],
      [" 'a' ", '61', '61'],
    ];
    for (const [written, hwAddress, data] of rows) {
      const reservations = [{ 'hw-address': written, hostname: 'x' }];
      const options = [{ code: 224, data: written, 'csv-format': false }];
      const members = { subnet4: [{ id: 1, subnet: '10.0.0.0/24', reservations, 'option-data': options }] };
      t.match(
        complete({ Dhcp4: members }).Dhcp4['subnet4'],
        [{ reservations: [{ 'hw-address': hwAddress }], 'option-data': [{ data }] }],
        written,
      );
      t.ok(meansTheSame(members), written);
    }
  },
);
