/** What expressions say of DHCPv6 queries; every row was asked of Kea 2.2, but for paths of more than two options. */
import fc from 'fast-check';
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, message, opt, relayed, word } from '../../engine/dhcp6/messages.ts';
import { evaluateTests6, isWellFormed6, parseTest6 } from './membership.ts';

const octets = (text: string): number[] => [...Buffer.from(text)];
const hex = (text: string): number[] => [...Buffer.from(text, 'hex')];
const tuple = (text: string): number[] => [0, text.length, ...octets(text)];
const query = (...options: (readonly number[])[]): Uint8Array => message(MessageType.solicit, 1, ...options);

const IA = iaNa(1, iaAddress('2001:db8::1'));
const MODEM = opt(17, [...word(4491), ...opt(1, [0, 32]), ...opt(2, octets('dev'))]);
const OTHER_VENDOR = opt(17, [...word(9), ...opt(1, [0, 0x99])]);
const PHONE = opt(16, [...word(4491), ...tuple('phone'), ...tuple('docsis3.0')]);
const OTHER_CLASS = opt(16, [...word(9), ...tuple('other')]);

type Row = readonly [test: string, outcome: boolean | 'error'];

function check(
  t: { equal: (a: unknown, b: unknown, name: string) => unknown },
  datagram: Uint8Array,
  rows: readonly Row[],
): void {
  const outcomes = evaluateTests6(
    rows.map(([test]) => test),
    datagram,
  );
  for (const [index, [test, outcome]] of rows.entries()) t.equal(outcomes[index], outcome, test);
}

t.test('options: the first of its code, by what is known of its fields', async (t) => {
  const datagram = query(
    IA,
    opt(6001, hex('0001000161')),
    opt(59, octets('url\0\0')),
    opt(7, hex('050102')),
    opt(23, ip6('2001:db8::1')),
    opt(56, opt(9, [10])),
    opt(6002, octets('first')),
    opt(6002, octets('second')),
    opt(14),
  );
  check(t, datagram, [
    ['option[6001].hex == 0x0001000161', true],
    ['option[6001].option[1].exists', false],
    ["option[6001].text == 'type=06001, len=00005: 00:01:00:01:61'", true],
    ["option[59].text == 'url'", true],
    ["option[59].hex == 'url'", true],
    ['option[preference].hex == 0x05', true],
    ['option[23].hex == 2001:db8::1', true],
    ["option[6002].hex == 'first'", true],
    ['option[14].exists', true],
    ['option[9].exists', false],
    ['option[65535].exists', false],
    ['substring(option[clientid].hex,0,2) == 0x0001', true],
    ["addrtotext(option[7].hex) == 'x'", 'error'],
  ]);
  check(t, query(opt(59), opt(59, octets('url'))), [["option[59].hex == 'url'", true]]);
  check(t, query(opt(59, [0, 0])), [['option[59].exists', false]]);
});

t.test('options inside of options', async (t) => {
  const status = opt(13, [0, 2]);
  const address = opt(5, [...ip6('2001:db8::1'), ...word(0), ...word(0), ...status]);
  const datagram = query(
    iaNa(1, address),
    iaPd(1, iaPrefix('2001:db8:8::/56')),
    MODEM,
    opt(7, [5, ...opt(1, [0xaa])]),
  );
  check(t, datagram, [
    ['substring(option[3].option[5].hex,0,2) == 0x2001', true],
    ['option[3].option[5].option[13].hex == 0x0002', true],
    ['option[3].option[13].exists', false],
    ['option[25].option[26].exists', true],
    ['option[17].option[1].hex == 0x0020', true],
    ['option[7].option[1].hex == 0xaa', true],
    ['option[7].hex == 0x0500010001aa', true],
  ]);
});

t.test('vendor options and vendor classes: the first one alone', async (t) => {
  check(t, query(MODEM, OTHER_VENDOR, PHONE, OTHER_CLASS), [
    ['vendor.enterprise == 4491', true],
    ['vendor[4491].exists', true],
    ['vendor[9].exists', false],
    ['vendor[*].exists', true],
    ['vendor[0].exists', true],
    ['vendor[4491].option[1].hex == 0x0020', true],
    ["vendor[4491].option[2].text == 'dev'", true],
    ["vendor[4491].option[1].text == 'type=00001, len=00002: 00:20'", true],
    ['vendor[4491].option[3].exists', false],
    ['vendor[9].option[1].exists', false],
    ['vendor-class.enterprise == 4491', true],
    ['vendor-class[4491].exists', true],
    ['vendor-class[9].exists', false],
    ["vendor-class[4491].data == 'phone'", true],
    ["vendor-class[*].data[1] == 'docsis3.0'", true],
    ["vendor-class[4491].data[2] == ''", true],
    ["vendor-class[9].data == 'other'", false],
  ]);
  check(t, query(opt(16, word(9))), [
    ['vendor-class[9].exists', true],
    ["vendor-class[9].data == ''", true],
  ]);
  check(t, query(), [
    ["vendor.enterprise == ''", true],
    ['vendor[*].exists', false],
    ["vendor-class[*].data == ''", true],
  ]);
});

t.test('what stands behind vendor options that are cut off is not there', async (t) => {
  for (const cut of [
    [0, 1, 0],
    [0, 1, 0, 7, 1, 2],
  ])
    check(t, query(opt(7, [1]), opt(17, [...word(9), ...cut]), opt(8, [0, 1])), [
      ['vendor[*].exists', false],
      ['option[7].exists', true],
      ['option[8].exists', false],
    ]);
});

t.test('relays, from either end', async (t) => {
  const inner = relayed(
    query(IA),
    '2001:db8:1::77',
    'fe80::22',
    opt(18, octets('inner')),
    opt(18, octets('more')),
  );
  const datagram = relayed(inner, '::', 'fe80::11', opt(18, octets('outer')), opt(37, hex('0000000961')));
  check(t, datagram, [
    ["relay6[0].option[18].hex == 'outer'", true],
    ["relay6[1].option[18].hex == 'inner'", true],
    ["relay6[-1].option[18].hex == 'inner'", true],
    ["relay6[-2].option[18].hex == 'outer'", true],
    ['relay6[2].option[18].exists', false],
    ['relay6[-3].option[18].exists', false],
    ['relay6[0].option[9].exists', false],
    ['relay6[0].option[37].exists', true],
    ["relay6[0].option[18].text == 'type=00018, len=00005: 6f:75:74:65:72'", true],
    ['relay6[0].peeraddr == fe80::11', true],
    ['relay6[1].peeraddr == fe80::22', true],
    ['relay6[-1].linkaddr == 2001:db8:1::77', true],
    ['relay6[0].linkaddr == ::', true],
    ["relay6[2].peeraddr == ''", true],
    ['option[18].exists', false],
    ['pkt6.msgtype == 1', true],
    [`pkt.len == ${datagram.length}`, true],
  ]);
  check(t, query(IA), [
    ["relay6[0].linkaddr == ''", true],
    ['relay6[-1].option[18].exists', false],
  ]);
});

t.test('the header and the datagram', async (t) => {
  check(t, query(IA), [
    ['pkt6.msgtype == 1', true],
    ['pkt6.transid == 11259375', true],
    ["pkt.iface == 'eth0'", true],
    ['pkt.src == fe80::7', true],
    ['pkt.dst == ff02::1:2', true],
  ]);
  const bytes = query(IA).length;
  check(t, query(IA), [[`pkt.len == ${bytes}`, true]]);
  // [Kea] Only what is kept counts: neither NULs behind text nor what no option is made of.
  check(t, query(IA, opt(59, octets('url\0\0')), opt(59, [0])), [[`pkt.len == ${bytes + 7}`, true]]);
  check(t, query(IA, opt(7, [1, 2, 3]), [0, 1, 0]), [[`pkt.len == ${bytes + 5}`, true]]);
});

t.test('what Kea refuses for DHCPv6 is refused at the place of the fault', async (t) => {
  const rows: readonly (readonly [test: string, at: number])[] = [
    ['relay6[32].option[18].exists', 7],
    ['relay6[-33].option[18].exists', 7],
    ['relay6[0].option[interface-id].exists', 17],
    ['relay6[0].option[18].option[1].exists', 21],
    ['relay6.peeraddr == ::', 6],
    ["relay6[0].text == 'a'", 10],
    ['option[65536].exists', 7],
    ['option[3].option[iaaddr].exists', 17],
    ['option[host-name].exists', 7],
    ['pkt6.mac == 1', 5],
    ['pkt4.mac == 1', 0],
    ['relay4[1].exists', 0],
    ['vendor[4491].option[oro].exists', 20],
    ['vendor[4491].option[65536].exists', 20],
    ["vendor-class[4491].data[256] == 'a'", 24],
    ['vendor-class[1].option[1].exists', 16],
  ];
  for (const [test, at] of rows) t.match(parseTest6(test), { ok: false, fault: { at } }, test);
  for (const test of ['relay6[31].option[18].exists', 'relay6[-32].linkaddr == ::', 'option[0].exists'])
    t.ok(parseTest6(test).ok, test);
});

t.test('whatever a datagram holds, expressions read nothing else', async (t) => {
  const tests = [
    "relay6[0].option[18].hex == 'x'",
    'relay6[-1].peeraddr == ::',
    'option[3].option[5].option[13].exists',
    'vendor[*].option[1].exists',
    "vendor-class[*].data[3] == 'x'",
    'pkt.len == 1',
    "hexstring(option[16].hex,':') == 'x'",
    "option[17].text == 'x'",
  ];
  const seeds = [
    relayed(query(IA, MODEM, PHONE), '::', '::', opt(18, [1])),
    query(iaNa(1, iaAddress('::1')), opt(59, [0]), PHONE, MODEM),
  ];
  const anyDatagram = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(200), fc.array(fc.tuple(fc.nat(199), fc.nat(255))))
    .map(([seed, length, changes]) => {
      const bytes = seed.slice(0, Math.max(4, length));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  let evaluated = 0;
  fc.assert(
    fc.property(anyDatagram, (datagram) => {
      if (!isWellFormed6(datagram)) return;
      evaluated += 1;
      const once = evaluateTests6(tests, datagram);
      // What lies behind it in the slot is of another datagram.
      isWellFormed6(Uint8Array.from({ length: 2000 }, () => 0xff));
      t.same(evaluateTests6(tests, datagram), once);
    }),
    { numRuns: 300, seed: 6 },
  );
  t.ok(evaluated > 20, `${evaluated} evaluated`);
});
