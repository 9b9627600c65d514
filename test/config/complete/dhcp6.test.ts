/** What config-get of DHCPv6 shows, against what Kea 2.2 has shown of the same file. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { completeDocument6 } from '../../../src/config/complete/dhcp6.ts';
import { DHCP6 } from '../../../src/config/load6.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { readServerDocument } from '../../../src/config/read.ts';

type Dhcp6 = Record<string, unknown>;
interface Document {
  readonly Dhcp6: Dhcp6;
}

const recorded: { readonly given: Document; readonly shown: Document } = JSON.parse(
  readFileSync(
    new URL('../../../../test/config/fixtures/complete-kea22-dhcp6.json', import.meta.url),
    'utf8',
  ),
);

function complete(document: object): Document {
  return completeDocument6(document as Readonly<Record<string, unknown>>) as unknown as Document;
}

/** Kea keeps the reservations of a subnet in an order of its own. */
function sorted(dhcp6: Dhcp6): Dhcp6 {
  return JSON.parse(JSON.stringify(dhcp6), (key, value) =>
    key === 'reservations' && Array.isArray(value)
      ? value.toSorted((a, b) => (JSON.stringify(a.hostname) < JSON.stringify(b.hostname) ? -1 : 1))
      : value,
  );
}

function load(document: object): object {
  const result = readServerDocument(DHCP6, document, { ignoreUnsupported: true });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  // A comment is a part of the user context in what is shown.
  return JSON.parse(JSON.stringify(result.config, (key, value) => (key === 'userContext' ? null : value)));
}

t.test('a file with every kind of section is shown as Kea shows it, key by key', async (t) => {
  const shown = sorted(complete(recorded.given).Dhcp6);
  const theirs = sorted(recorded.shown.Dhcp6);
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
  const database = { type: 'memfile', name: '/var/lib/kea/leases6.csv' };
  const subnet = { id: 1, subnet: '2001:db8::/64', 'renew-timer': 5 };
  const documents: readonly Dhcp6[] = [
    recorded.given.Dhcp6,
    {},
    { 'lease-database': database, subnet6: [subnet] },
    {
      'max-preferred-lifetime': 900,
      subnet6: [subnet, { id: 2, subnet: '2001:db8:1::/64', 'valid-lifetime': 90 }],
    },
  ];
  for (const dhcp6 of documents) {
    const shown = complete({ Dhcp6: dhcp6 });
    t.same(load(shown), load({ Dhcp6: dhcp6 }), JSON.stringify(dhcp6).slice(0, 60));
  }
});

t.test(
  'a preferred lifetime that nobody has set is shown nowhere, for it follows the valid one',
  async (t) => {
    const shown = complete({ Dhcp6: { subnet6: [{ id: 1, subnet: '2001:db8::/64' }] } }).Dhcp6;
    t.notMatch(JSON.stringify(shown), /preferred-lifetime/);
  },
);

t.test('addresses are shown in the one form that they have', async (t) => {
  const rows: readonly (readonly [given: string, shown: string])[] = [
    ['2001:DB8:0::1 - 2001:db8::9', '2001:db8::1-2001:db8::9'],
    ['2001:db8:: - 2001:db8::ffff', '2001:db8::/112'],
    ['2001:db8::1 - 2001:db8::ffff', '2001:db8::1-2001:db8::ffff'],
    [':: - ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::/0'],
    ['2001:db8::7-2001:db8::7', '2001:db8::7/128'],
    ['2001:DB8::/80', '2001:db8::/80'],
  ];
  for (const [pool, shown] of rows) {
    const { subnet6 } = complete({
      Dhcp6: { subnet6: [{ id: 1, subnet: '2001:DB8::/48', pools: [{ pool }] }] },
    }).Dhcp6 as { subnet6: [{ subnet: string; pools: [{ pool: string }] }] };
    t.equal(subnet6[0].subnet, '2001:db8::/48');
    t.equal(subnet6[0].pools[0].pool, shown, pool);
  }
});
