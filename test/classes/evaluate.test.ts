/** What expressions say of a query; every row was asked of Kea 2.2, but for the functions that came later. */
import t from 'tap';
import { DISCOVER, datagram4, END, option } from '../oracle/datagram4.ts';
import { evaluateTest } from './membership.ts';

const octets = (text: string): number[] => [...Buffer.from(text)];
const hex = (text: string): number[] => [...Buffer.from(text, 'hex')];
const query = (...options: number[][]): Uint8Array =>
  datagram4({ options: [...DISCOVER, ...options.flat(), ...END] });

const ABCD = query(option(200, octets('abcd')));

type Row = readonly [test: string, outcome: boolean | 'error'];

function check(
  t: { equal: (a: unknown, b: unknown, name: string) => unknown },
  datagram: Uint8Array,
  rows: readonly Row[],
): void {
  for (const [test, outcome] of rows) t.equal(evaluateTest(test, datagram), outcome, test);
}

t.test('substring counts from either end, and a negative length goes back', async (t) => {
  check(t, ABCD, [
    ["substring(option[200].hex,-2,all) == 'cd'", true],
    ["substring(option[200].hex,2,-2) == 'ab'", true],
    ["substring(option[200].hex,1,-2) == 'a'", true],
    ["substring(option[200].hex,-1,-2) == 'bc'", true],
    ["substring(option[200].hex,4,1) == ''", true],
    ["substring(option[200].hex,-5,1) == ''", true],
    ["substring(option[200].hex,0,0) == ''", true],
    ["substring(option[200].hex,1,99) == 'bcd'", true],
    ["substring(option[200].hex,0,99999999999) == 'abcd'", 'error'],
    ["substring(option[201].hex,0,99999999999) == ''", true],
  ]);
});

t.test('split ends a field at every delimiter', async (t) => {
  check(t, ABCD, [
    ["split(option[200].hex,'b',1) == 'a'", true],
    ["split(option[200].hex,'b',2) == 'cd'", true],
    ["split(option[200].hex,'',1) == 'abcd'", true],
    ["split(option[200].hex,'',2) == ''", true],
    ["split(option[200].hex,'bc',2) == ''", true],
    ["split(option[200].hex,'bc',3) == 'd'", true],
    ["split(option[200].hex,'d',2) == ''", true],
    ["split(option[200].hex,'b',0) == ''", true],
    ["split(option[200].hex,'b',-1) == ''", true],
  ]);
});

t.test('values become text', async (t) => {
  check(t, ABCD, [
    ["hexstring(option[200].hex,':') == '61:62:63:64'", true],
    ["hexstring(option[200].hex,'') == '61626364'", true],
    ["hexstring(option[201].hex,':') == ''", true],
    ["addrtotext(option[200].hex) == '97.98.99.100'", true],
    ["addrtotext(option[201].hex) == ''", true],
    ["addrtotext(::1) == '::1'", true],
    ["addrtotext(::) == '::'", true],
    ["addrtotext(2001:db8:0:0:1:0:0:1) == '2001:db8::1:0:0:1'", true],
    ["addrtotext(1:0:2:0:3:0:4:0) == '1:0:2:0:3:0:4:0'", true],
    ["addrtotext(1:0:0:2:0:0:0:3) == '1:0:0:2::3'", true],
    ["addrtotext(1::) == '1::'", true],
    ["addrtotext(::ffff:10.0.0.1) == '::ffff:10.0.0.1'", true],
    ["addrtotext(::10.0.0.1) == '::10.0.0.1'", true],
    ["addrtotext('abc') == 'x'", 'error'],
    ["uint32totext(option[200].hex) == '1633837924'", true],
    ["int32totext(0xffffffff) == '-1'", true],
    ["uint32totext(0xffffffff) == '4294967295'", true],
    ["int8totext(0xff) == '-1'", true],
    ["uint8totext(0xff) == '255'", true],
    ["int16totext(0xfffe) == '-2'", true],
    ["uint16totext(option[201].hex) == ''", true],
    ["uint16totext(option[200].hex) == 'x'", 'error'],
    ["int32totext(0x80000000) == '-2147483648'", true],
  ]);
});

t.test(
  'what is left out of an evaluation has no errors; sand, sor and sifelse leave nothing out',
  async (t) => {
    const wrong = "addrtotext('abc') == 'x'";
    check(t, ABCD, [
      [`option[200].exists or ${wrong}`, true],
      [`${wrong} or option[200].exists`, 'error'],
      [`option[200].exists sor ${wrong}`, 'error'],
      [`option[201].exists and ${wrong}`, false],
      [`option[201].exists sand ${wrong}`, 'error'],
      [`not (${wrong})`, 'error'],
      ["ifelse(option[200].exists,'a',addrtotext('abc')) == 'a'", true],
      ["sifelse(option[200].exists,'a',addrtotext('abc')) == 'a'", 'error'],
    ]);
  },
);

t.test('operators bind as they should', async (t) => {
  const T = "'a' == 'a'";
  const F = "'a' == 'b'";
  check(t, ABCD, [
    [`${T} or ${F} and ${F}`, true],
    [`(${T} or ${F}) and ${F}`, false],
    [`not ${F} and ${F}`, false],
    [`not (${F} and ${F})`, true],
    [`not not ${T}`, true],
    [`${T} sor ${F} and ${F}`, true],
    [`${F} and ${F} sand ${F} or ${T}`, true],
    ["'a' + 'b' == 'ab'", true],
    ["'ab' == 'a' + 'b' + ''", true],
    ["('a' + 'b') == ('ab')", true],
    ["concat('a','b') + 'c' == 'abc'", true],
  ]);
});

t.test('lcase, ucase and match', async (t) => {
  check(t, ABCD, [
    ["ucase(option[200].hex) == 'ABCD'", true],
    ["lcase('AbC@[z' + 0xc1) == 'abc@[z' + 0xc1", true],
    ["match('[a-c]+d', option[200].hex)", true],
    ["match('[a-c]+', option[200].hex)", false],
    ["match('', option[201].hex)", true],
    ["not match('b', option[200].hex)", true],
  ]);
});

t.test('constants', async (t) => {
  check(t, query(option(50, [10, 0, 0, 1]), option(200, [0x0a, 0xbc])), [
    ['option[50].hex == 10.0.0.1', true],
    ['option[200].hex == 0xabc', true],
    ['option[200].hex == 0x0ABC', true],
    ['0x00000101 == 257', true],
    ['4294967295 == 0xffffffff', true],
    ['::1 == 0x00000000000000000000000000000001', true],
    ["'é' == 0xc3a9", true],
  ]);
});

t.test('fields of the header', async (t) => {
  const datagram = datagram4({ xid: 77, ciaddr: 0x0a000005, giaddr: 0x0a000002, chaddr: [2, 0, 0, 0, 0, 9] });
  check(t, datagram, [
    ['pkt4.transid == 77', true],
    ['pkt4.ciaddr == 10.0.0.5', true],
    ['pkt4.giaddr == 10.0.0.2', true],
    ['pkt4.yiaddr == 0.0.0.0', true],
    ['pkt4.siaddr == 0', true],
    ['pkt4.mac == 0x020000000009', true],
    ['substring(pkt4.mac,0,3) == 0x020000', true],
    ['pkt4.hlen == 6', true],
    ['pkt4.htype == 1', true],
    ['pkt4.msgtype == 1', true],
    ['pkt.len == 239', true],
    ["pkt.iface == 'eth0'", true],
    ['pkt.dst == 10.0.0.1', true],
    ['pkt.src == 0.0.0.0', true],
  ]);
});

t.test('text ends before its NULs, and without text there is no option', async (t) => {
  check(t, query(option(60, octets('abc\0\0'))), [
    ["option[60].hex == 'abc'", true],
    ["option[60].text == 'abc'", true],
    ["option[vendor-class-identifier].text == 'abc'", true],
  ]);
  for (const empty of [[], [0]])
    check(t, query(option(60, empty), option(12, empty)), [
      ['option[60].exists', false],
      ['option[12].exists', false],
    ]);
});

t.test('an option in parts is whole, in the relay agent information too [RFC3396 7]', async (t) => {
  check(t, query(option(200, octets('ab')), option(60, octets('x')), option(200, octets('cd'))), [
    ["option[200].hex == 'abcd'", true],
    ["option[60].hex == 'x'", true],
  ]);
  const long = query(option(200, Array<number>(255).fill(97)), option(200, [98]));
  check(t, long, [
    ["substring(option[200].hex,254,all) == 'ab'", true],
    ['pkt.len == 499', true],
  ]);
  check(t, query(option(82, [...option(1, octets('x')), ...option(1, octets('y'))])), [
    ["relay4[1].hex == 'xy'", true],
    ["option[82].option[1].hex == 'xy'", true],
  ]);
});

t.test('relay agent information', async (t) => {
  check(t, query(option(82, option(1, octets('x')))), [
    ["relay4[1].hex == 'x'", true],
    ['relay4[1].exists', true],
    ['relay4[2].exists', false],
    ["option[82].option[1].hex == 'x'", true],
    ['option[82].hex == 0x010178', true],
    ["relay4[1].text == 'type=001, len=001: 78'", true],
  ]);
  check(t, query(option(82, [2, 1, 0x78, 1, 5, 0x79])), [
    ['option[82].option[2].exists', true],
    ['relay4[1].exists', false],
  ]);
});

t.test('vendor-specific information [RFC3925 4]', async (t) => {
  check(t, query(option(125, hex('0000118b03010161'))), [
    ['vendor.enterprise == 4491', true],
    ['vendor[4491].exists', true],
    ['vendor[*].exists', true],
    ['vendor[9].exists', false],
    ["vendor[4491].option[1].hex == 'a'", true],
    ["vendor[*].option[1].hex == 'a'", true],
    ['vendor[4491].option[2].exists', false],
    ["vendor[9].option[1].hex == ''", true],
    ['option[125].hex == 0x0000118b03010161', true],
  ]);
  check(t, query(option(125, hex('00000009030101620000118b03010161'))), [
    ['vendor.enterprise == 9', true],
    ["vendor[9].option[1].hex == 'b'", true],
    ["vendor[4491].option[1].hex == 'a'", true],
  ]);
  check(t, query(option(125, hex('0000118b'))), [['vendor[4491].exists', true]]);
  for (const cut of ['000011', '0000118b05010161'])
    check(t, query(option(125, hex(cut))), [
      ['vendor[*].exists', false],
      ["vendor.enterprise == ''", true],
    ]);
});

t.test('vendor classes [RFC3925 3]', async (t) => {
  check(t, query(option(124, hex('0000118b0261620000118b026364'))), [
    ['vendor-class.enterprise == 4491', true],
    ['vendor-class[4491].exists', true],
    ['vendor-class[9].exists', false],
    ["vendor-class[*].data == 'ab'", true],
    ["vendor-class[4491].data[1] == 'cd'", true],
    ["vendor-class[4491].data[2] == ''", true],
  ]);
  check(t, query(option(124, hex('0000118b02616200000009017a'))), [
    ["vendor-class[*].data[1] == 'z'", true],
    ['vendor-class[9].exists', false],
  ]);
});

t.test(
  'options that classes may define have sub-options only once the first classes are there',
  async (t) => {
    const datagram = query(option(43, hex('00010161010162')));
    check(t, datagram, [
      ['option[43].hex == 0x00010161010162', true],
      ['option[43].option[1].exists', false],
      ["member('UNKNOWN') and option[43].option[1].hex == 'a'", true],
      ["member('UNKNOWN') and option[43].option[2].exists", false],
    ]);
  },
);

t.test('of an option of fixed size the octets behind it are nothing', async (t) => {
  check(t, query(option(57, hex('05dc00')), option(50, hex('0a00000100'))), [
    ['option[57].hex == 0x05dc', true],
    ['option[50].hex == 10.0.0.1', true],
  ]);
});

t.test('values that grow beyond all bounds are errors', async (t) => {
  const nested = (levels: number): string =>
    `${'hexstring('.repeat(levels)}option[200].hex${",':')".repeat(levels)} == ''`;
  t.equal(evaluateTest(nested(3), ABCD), false);
  t.equal(evaluateTest(nested(30), ABCD), 'error');
});
