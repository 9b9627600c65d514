import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { formatHex, parseHex } from '../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { readOctets } from '../../src/control/commands/lease-octets.ts';
import { readAddress } from '../../src/control/commands/lease4-text.ts';

t.test('addresses are read as the rest of the program reads them', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (address) => {
      assert.equal(readAddress(formatIpv4(address)), address);
    }),
    { seed: 1, numRuns: 1_000 },
  );
  const anyText = fc.string({
    unit: fc.constantFrom('0', '1', '2', '5', '9', '.', '-', ' ', 'a'),
    maxLength: 16,
  });
  fc.assert(
    fc.property(anyText, (text) => assert.equal(readAddress(text), parseIpv4(text))),
    { seed: 2, numRuns: 5_000 },
  );
  for (const text of [
    '1.2.3.4 ',
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1..3.4',
    '',
    '1.2.3.4\0',
    '１.2.3.4',
  ])
    t.equal(readAddress(text), null, JSON.stringify(text));
  for (const value of [null, undefined, 1, {}, ['1.2.3.4'], true]) t.equal(readAddress(value), null);
  t.equal(readAddress('255.255.255.255'), 0xffffffff);
  t.equal(readAddress('0.0.0.0'), 0);
});

t.test('octets with colons are read as the rest of the program reads them', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 255 }), (bytes) => {
      assert.deepEqual(readOctets(formatHex(bytes), 255), bytes);
      assert.deepEqual(readOctets(formatHex(bytes).toUpperCase(), 255), bytes);
    }),
    { seed: 3, numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', 'a', 'F', ':', ':', 'g'), maxLength: 12 }), (text) => {
      if (text.includes(':')) assert.deepEqual(readOctets(text, 255), parseHex(text));
    }),
    { seed: 4, numRuns: 5_000 },
  );
  t.pass();
});

t.test('octets may stand without separators, and are bounded', async (t) => {
  t.same(readOctets('0A0b0c', 3), Uint8Array.of(10, 11, 12));
  t.same(readOctets('7', 3), Uint8Array.of(7));
  t.same(readOctets('', 3), new Uint8Array(0));
  for (const text of [
    '0a0',
    '0g',
    'g',
    '01:02:03:04',
    '01020304',
    '0x01',
    '1 2',
    ':',
    '1:',
    ':1',
    '1::2',
    'é',
  ])
    t.equal(readOctets(text, 3), null, text);
  t.equal(readOctets('a'.repeat(10_000_000), 255), null);
  for (const value of [null, undefined, 1, {}, []]) t.equal(readOctets(value, 3), null);
});
