/** `lenient-option-parsing`: what is wrong of options 81 and 124 costs no more than itself. */
import t from 'tap';
import { discover, type Options, serverFor } from './queries.ts';

const enterprise = [0, 0, 0, 9];
const CLASSES = [
  ['any', 'vendor-class[9].exists'],
  ['ab', "vendor-class[9].data == 'ab'"],
  ['second', "vendor-class[9].data[1] == 'xy'"],
  ['fqdn', 'option[81].exists'],
] as const;
const SETTINGS = {
  'client-classes': CLASSES.map(([name, test], index) => ({
    name,
    test,
    'option-data': [{ code: 230 + index, data: '01', 'csv-format': false, 'always-send': true }],
  })),
};

/** The classes of a query, null when there is no answer. */
function classesOf(
  t: { teardown(done: () => void): void },
  isLenient: boolean,
  options: Options,
): string[] | null {
  const server = serverFor(t, { ...SETTINGS, compatibility: { 'lenient-option-parsing': isLenient } });
  const reply = server.ask(discover(1, options));
  return reply && CLASSES.map(([name]) => name).filter((_, index) => reply.options.has(230 + index));
}

const ROWS: readonly (readonly [
  what: string,
  options: Options,
  strict: string[] | null,
  lenient: string[] | null,
])[] = [
  ['124 that is whole', [[124, [...enterprise, 2, 97, 98]]], ['any', 'ab'], ['any', 'ab']],
  ['124 that is cut off', [[124, [...enterprise, 5, 97, 98]]], [], ['any', 'ab']],
  [
    '124 cut off in the second data',
    [[124, [...enterprise, 1, 97, ...enterprise, 9, 120, 121]]],
    [],
    ['any', 'second'],
  ],
  ['124 with a length alone', [[124, [...enterprise, 5]]], [], ['any']],
  ['124 without a length', [[124, enterprise]], [], []],
  ['124 of two octets', [[124, [0, 0]]], [], []],
  ['81 with a label past the end', [[81, [4, 0, 0, 9, 97, 98]]], null, []],
  ['81 with an empty label', [[81, [0, 0, 0, 97, 46, 46, 98]]], null, []],
  ['81 with a pointer', [[81, [4, 0, 0, 0xc0, 0]]], null, []],
  ['81 of two octets', [[81, [0, 0]]], null, null],
  ['81 with flags against each other', [[81, [9, 0, 0, 97]]], null, null],
  ['81 that is right', [[81, [0, 0, 0, 97]]], ['fqdn'], ['fqdn']],
];

t.test('options 81 and 124 with something wrong in them', async (t) => {
  for (const [what, options, strict, lenient] of ROWS) {
    t.same(classesOf(t, false, options), strict, what);
    t.same(classesOf(t, true, options), lenient, `${what}, leniently`);
  }
});

t.test('the name of option 12 counts where that of option 81 is none', async (t) => {
  const server = serverFor(t, { compatibility: { 'lenient-option-parsing': true } });
  const reply = server.ask(
    discover(1, [
      [81, [4, 0, 0, 9, 97]],
      [12, [...Buffer.from('host')]],
      [55, [12, 81]],
    ]),
  );
  t.equal(Buffer.from(reply!.options.get(12)!).toString(), 'host');
  t.equal(reply?.options.has(81), false);
  t.ok(
    server.ask(discover(2, [[81, [0, 0, 0, 97]]]))?.options.has(81),
    'and the next query has its own again',
  );
});
