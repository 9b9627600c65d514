/** Which classes a query gets, and in which order. */
import t from 'tap';
import { DISCOVER, datagram4, END, option } from '../oracle/datagram4.ts';
import { type ClassText, Membership } from './membership.ts';

const text = (value: string): number[] => [...Buffer.from(value)];
const query = (...options: number[][]): Uint8Array =>
  datagram4({ options: [...DISCOVER, ...options.flat(), ...END] });

t.test('classes come in the order of the file; what asks for the client comes last', async (t) => {
  const membership = new Membership([
    { name: 'late', test: 'unknown' },
    { name: 'all', test: "member('ALL')" },
    { name: 'later', test: "member('late')" },
    { name: 'not-late', test: "member('all') and not member('late')" },
    { name: 'never', test: "member('none')" },
    { name: 'listed', test: "member('ALL')", isAdditional: true },
    { name: 'plain' },
    { name: 'known', test: "member('KNOWN')" },
  ]);
  t.same(membership.evaluate(query()), ['ALL', 'all', 'late', 'later']);
});

t.test('classes that nobody refers to are not assigned', async (t) => {
  t.same(new Membership([]).evaluate(query(option(60, text('x')))), []);
});

t.test('a vendor class is assigned when something refers to it', async (t) => {
  const membership = new Membership(
    [{ name: 'x', test: "member('VENDOR_CLASS_phone')" }],
    ['VENDOR_CLASS_other'],
  );
  t.same(membership.evaluate(query(option(60, text('phone\0')))), ['VENDOR_CLASS_phone', 'x']);
  t.same(membership.evaluate(query(option(60, text('other')))), ['VENDOR_CLASS_other']);
  t.same(membership.evaluate(query(option(60, text('phon')))), []);
  t.same(membership.evaluate(query()), []);
});

t.test('additional classes: one with a test if it is true, one without a test always', async (t) => {
  const membership = new Membership([
    { name: 'yes', test: 'option[60].exists', isAdditional: true },
    { name: 'no', test: 'option[61].exists', isAdditional: true },
    { name: 'plain' },
  ]);
  membership.evaluate(query(option(60, text('x'))));
  for (const name of ['plain', 'no', 'yes', 'plain'])
    membership.program.assignAdditional(membership.query, membership.ids.find(name));
  membership.program.assignAdditional(membership.query, -1);
  t.same(membership.names(), ['plain', 'yes']);
});

t.test('what expressions have assigned can be taken back', async (t) => {
  const membership = new Membership([
    { name: 'second', test: "not member('first')" },
    { name: 'first' },
    { name: 'third', test: "member('first')" },
  ]);
  t.same(membership.evaluate(query()), ['second']);
  membership.program.takeBack(membership.query);
  t.same(membership.names(), []);
  membership.query.classes.add(membership.ids.find('first'));
  membership.program.assignEarly(membership.query);
  t.same(membership.names(), ['first', 'third']);
});

t.test('a template makes a class of its value', async (t) => {
  const membership = new Membership(
    [
      { name: 'by-vendor', template: 'option[60].hex' },
      { name: 'phone', test: "member('SPAWN_by-vendor_phone')" },
    ],
    ['SPAWN_by-vendor_a%20b', 'SPAWN_by-vendor_50%%', 'SPAWN_by-vendor_%C3%A9'],
  );
  const of = (value: string): string[] => membership.evaluate(query(option(60, text(value))));
  t.same(of('phone'), ['SPAWN_by-vendor_phone', 'by-vendor', 'phone']);
  t.same(of('a b'), ['SPAWN_by-vendor_a%20b', 'by-vendor']);
  t.same(of('50%'), ['SPAWN_by-vendor_50%%', 'by-vendor']);
  t.same(of('é'), ['SPAWN_by-vendor_%C3%A9', 'by-vendor']);
  t.same(of('other'), ['by-vendor']);
  t.same(membership.evaluate(query()), []);
});

t.test('an expression with an error is counted, its class not assigned', async (t) => {
  const membership = new Membership([
    { name: 'wrong', test: "addrtotext(option[60].hex) == 'x'" },
    { name: 'not-wrong', test: "not member('wrong')" },
    { name: 'wrong-template', template: 'addrtotext(option[60].hex)' },
  ]);
  t.same(membership.evaluate(query(option(60, text('abc')))), ['not-wrong']);
  t.equal(membership.program.errors, 2);
});

t.test('a lookup of many tests assigns what each test alone would', async (t) => {
  let seed = 3;
  const next = (count: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % count;
  };
  const values = [
    'option[60].hex',
    'substring(option[60].hex,0,2)',
    'pkt4.mac',
    'relay4[1].hex',
    'option[61].hex',
  ];
  const constants = ["'ab'", "'abc'", "'x'", "''", '0x020000000001'];
  const comparison = (): string => {
    const [value, constant] = [values[next(values.length)], constants[next(constants.length)]];
    return next(2) === 0 ? `${value} == ${constant}` : `${constant} == ${value}`;
  };
  const test = (index: number): string => {
    const member = index === 0 ? "member('ALL')" : `member('c${next(index)}')`;
    const kinds = [
      comparison,
      () => `${comparison()} and ${member}`,
      () => `${comparison()} or ${comparison()}`,
      () => `${comparison()} or ${member}`,
      () => `not ${comparison()} and (${comparison()} or ${comparison()})`,
      () => member,
      () => `${comparison()} sand ${comparison()}`,
    ];
    return kinds[next(kinds.length)]!();
  };
  for (let round = 0; round < 10; round++) {
    const classes: ClassText[] = Array.from({ length: 70 }, (_, index) => ({
      name: `c${index}`,
      test: test(index),
    }));
    const many = new Membership(classes);
    const datagrams = [
      query(),
      query(option(60, text('abc'))),
      query(option(60, text('ab')), option(61, text('x'))),
      query(option(82, option(1, text('x')))),
    ];
    for (const datagram of datagrams) {
      const assigned: string[] = [];
      for (const { name, test: each } of classes) {
        const others = assigned.filter((other) => other !== 'ALL');
        const alone = new Membership([...others.map((other) => ({ name: other })), { name, test: each! }]);
        alone.take(datagram);
        for (const other of ['ALL', ...others]) alone.query.classes.add(alone.ids.find(other));
        alone.program.assignEarly(alone.query);
        if (alone.names().includes(name)) assigned.push(name);
      }
      t.same(
        many.evaluate(datagram).filter((name) => name !== 'ALL'),
        assigned,
      );
    }
  }
});
