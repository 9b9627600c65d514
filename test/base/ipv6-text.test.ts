import { isIPv6 } from 'node:net';
import t from 'tap';
import { formatIpv6, parseIpv6 } from '../../src/base/ipv6-text.ts';
import { numbersFrom } from '../support/numbers.ts';

/** Before a digit of an octet. */
const ZEROS = /(?<=[:.])0+(?=\d+\.)/g;

t.test('every form is read, one is written [RFC5952 4]', async (t) => {
  const rows: readonly [string, string][] = [
    ['::', '::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:192.000.02.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ];
  for (const [text, written] of rows) t.equal(formatIpv6(parseIpv6(text)!), written, text);
});

t.test('what is no address is none', async (t) => {
  const rows = [
    '',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1::2::3',
    ':1::2',
    '1::2:',
    '12345::',
    'g::',
    '1.2.3.4',
    '::1.2.3',
    '::1.2.3.256',
    '::1.2.3.4:5',
    '1.2.3.4::',
    ' ::1',
    '::1 ',
    'fe80::1%eth0',
    '2001:db8::/32',
  ];
  for (const text of rows) t.equal(parseIpv6(text), null, JSON.stringify(text));
});

t.test('an address is written from where it lies', async (t) => {
  const bytes = new Uint8Array(40).fill(0xee);
  bytes.set(parseIpv6('ff02::1:2')!, 7);
  t.equal(formatIpv6(bytes, 7), 'ff02::1:2');
});

t.test('20,000 texts made of pieces are addresses where Node.js takes them, and come back', async (t) => {
  const pieces = [':', '::', '0', '1', 'fe80', 'ABCD', '10.0.0.1', '00a', '12345', '.', '255', '::1:'];
  const chance = numbersFrom(6);
  let mistakes = 0;
  let addresses = 0;
  for (let round = 0; round < 20_000; round++) {
    const count = 1 + chance(16);
    let text = '';
    for (let i = 0; i < count; i++) text += pieces[chance(pieces.length)];
    if (chance(2) === 0) text = Array.from({ length: 8 }, () => pieces[2 + chance(4)]).join(':');
    const bytes = parseIpv6(text);
    // Node.js refuses zeros before an octet of the IPv4 part.
    if ((bytes !== null) !== isIPv6(text.replaceAll(ZEROS, ''))) mistakes++;
    if (bytes === null) continue;
    addresses++;
    const again = parseIpv6(formatIpv6(bytes));
    if (again === null || Buffer.compare(again, bytes) !== 0) mistakes++;
  }
  t.equal(mistakes, 0);
  t.ok(addresses > 5_000, `${addresses} addresses`);
});
