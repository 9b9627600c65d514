import t from 'tap';
import {
  compareIpv6,
  isInIpv6Prefix,
  isIpv6LinkLocal,
  isIpv6Multicast,
  isIpv6Unspecified,
  readIpv6Words,
  writeIpv6Words,
} from '../../src/base/ipv6.ts';
import { parseIpv6 } from '../../src/base/ipv6-text.ts';

/** Behind 3 octets of something else, as in a message. */
const AT = 3;

function placed(text: string): Uint8Array {
  return Uint8Array.of(0xff, 0xfe, 0x80, ...parseIpv6(text)!, 0xff);
}

t.test('what kind of address it is, its first bits tell [RFC4291 2.4]', async (t) => {
  const rows: readonly [string, string][] = [
    ['::', 'unspecified'],
    ['::1', ''],
    ['0100::', ''],
    ['fe80::', 'link-local'],
    ['febf:ffff::1', 'link-local'],
    ['fec0::1', ''],
    ['fe7f::1', ''],
    ['ff00::', 'multicast'],
    ['ff02::1:2', 'multicast'],
    ['2001:db8::fe80', ''],
  ];
  for (const [text, kind] of rows) {
    const bytes = placed(text);
    const found = [
      isIpv6Unspecified(bytes, AT) ? 'unspecified' : '',
      isIpv6LinkLocal(bytes, AT) ? 'link-local' : '',
      isIpv6Multicast(bytes, AT) ? 'multicast' : '',
    ];
    t.equal(found.join(''), kind, text);
  }
});

t.test('a prefix holds what has its first bits', async (t) => {
  const rows: readonly [string, string, number, boolean][] = [
    ['2001:db8::1', '::', 0, true],
    ['2001:db8::1', '2001:db8::', 32, true],
    ['2001:db9::1', '2001:db8::', 32, false],
    ['2001:db9::1', '2001:db8::', 31, true],
    ['2001:db8:7fff::', '2001:db8::', 33, true],
    ['2001:db8:8000::', '2001:db8::', 33, false],
    ['2001:db8::1', '2001:db8:ffff::', 32, true],
    ['2001:db8::2', '2001:db8::3', 127, true],
    ['2001:db8::2', '2001:db8::3', 128, false],
    ['2001:db8::3', '2001:db8::3', 128, true],
  ];
  for (const [address, prefix, length, isInside] of rows)
    t.equal(
      isInIpv6Prefix(placed(address), AT, placed(prefix), AT, length),
      isInside,
      `${address} ${prefix}/${length}`,
    );
});

t.test('each of the 128 bits counts from its own length on', async (t) => {
  const zero = placed('::');
  for (let bit = 0; bit < 128; bit++) {
    const other = placed('::');
    other[AT + (bit >>> 3)]! |= 0x80 >>> (bit & 7);
    const lengths = Array.from({ length: 129 }, (_, length) =>
      isInIpv6Prefix(other, AT, zero, AT, length) ? length : -1,
    );
    t.equal(Math.max(...lengths), bit);
    t.equal(lengths.filter((length) => length >= 0).length, bit + 1);
    t.ok(compareIpv6(other, AT, zero, AT) > 0);
    t.ok(compareIpv6(zero, AT, other, AT) < 0);
  }
});

t.test('addresses are in the order of their octets', async (t) => {
  const ordered = ['::', '::1', '::1:0', '1::', '7fff::', '8000::', 'ff02::1:2'].map(placed);
  ordered.forEach((one, i) => {
    ordered.forEach((other, j) => {
      t.equal(Math.sign(compareIpv6(one, AT, other, AT)), Math.sign(i - j));
    });
  });
});

t.test('words are the octets, the first ones most significant, unsigned', async (t) => {
  const words = new Uint32Array(6);
  readIpv6Words(placed('fe80:1:203:405:8000::ffff:fffe'), AT, words, 1);
  t.same([...words], [0, 0xfe800001, 0x02030405, 0x80000000, 0xfffffffe, 0]);
  const bytes = new Uint8Array(20);
  writeIpv6Words(words, 1, bytes, AT);
  t.same([...bytes.subarray(AT, AT + 16)], [...parseIpv6('fe80:1:203:405:8000::ffff:fffe')!]);
  t.equal(bytes[2]! + bytes[19]!, 0, 'nothing beside them');
});
