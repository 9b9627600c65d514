/** Option 125: what is configured for an enterprise goes to clients that name it. [RFC3925 4] */
import t from 'tap';
import { discover, serverFor } from '../queries.ts';

const CABLE = [0, 0, 0x11, 0x8b];
const OTHER = [0, 0, 0, 7];
const OPTIONS = {
  'option-def': [{ name: 'thing', code: 9, type: 'uint8', space: 'vendor-7' }],
  'option-data': [
    { space: 'vendor-4491', name: 'tftp-servers', data: '10.0.0.1' },
    { space: 'vendor-7', name: 'thing', data: '5', 'always-send': true },
  ],
};
const TFTP = [2, 4, 10, 0, 0, 1];

/** A query's option: enterprise, length, sub-options. */
function named(enterprise: readonly number[], data: readonly number[] = []): number[] {
  return [...enterprise, data.length, ...data];
}

function offered(
  t: Parameters<typeof serverFor>[0],
  dhcp4: Record<string, unknown>,
  options: readonly (readonly [number, readonly number[]])[],
): number[] {
  const data = serverFor(t, dhcp4).ask(discover(1, options))!.options.get(125);
  return data === undefined ? [] : [...data];
}

t.test('what a client of the cable industry asks for in its list', async (t) => {
  t.strictSame(offered(t, OPTIONS, [[125, named(CABLE, [1, 1, 2])]]), named(CABLE, TFTP));
  t.strictSame(offered(t, OPTIONS, [[125, named(CABLE, [1, 2, 7, 9])]]), [], 'it asks for something else');
  t.strictSame(offered(t, OPTIONS, [[125, named(CABLE, [1, 200, 2])]]), [], 'a list that runs past the end');
  t.strictSame(offered(t, OPTIONS, [[55, [125]]]), [], 'without a name nobody asks');
});

t.test('what is always sent goes to whoever names the enterprise, by 125 or 124', async (t) => {
  t.strictSame(offered(t, OPTIONS, [[125, named(OTHER)]]), named(OTHER, [9, 1, 5]));
  t.strictSame(offered(t, OPTIONS, [[124, named(OTHER, [1])]]), named(OTHER, [9, 1, 5]));
  const both = [...named(CABLE, [1, 1, 2]), ...named(OTHER)];
  t.strictSame(offered(t, OPTIONS, [[125, both]]), [...named(OTHER, [9, 1, 5]), ...named(CABLE, TFTP)]);
});

t.test('more than one length octet can tell goes into several blocks of the enterprise', async (t) => {
  const data = 'ab'.repeat(100);
  const long = {
    'option-data': [1, 2, 3].map((code) => ({
      space: 'vendor-7',
      code,
      data,
      'csv-format': false,
      'always-send': true,
    })),
  };
  const block = (codes: readonly number[]): number[] =>
    named(
      OTHER,
      codes.flatMap((code) => [code, 100, ...new Array(100).fill(0xab)]),
    );
  t.strictSame(offered(t, long, [[125, named(OTHER)]]), [...block([1, 2]), ...block([3])]);
});
