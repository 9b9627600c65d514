import t from 'tap';
import { parseIpv6 } from '../../../src/base/ipv6-text.ts';
import { hasHostBits } from '../../../src/lease/dhcp6/prefix.ts';

t.test('host bits are those behind the length, and nothing around the address counts', async (t) => {
  const rows: [string, number, boolean][] = [
    ['2001:db8::', 32, false],
    ['2001:db8::', 29, false],
    ['2001:db8::', 28, true],
    ['2001:db8:0:100::', 56, false],
    ['2001:db8:0:101::', 56, true],
    ['2001:db8::1', 127, true],
    ['2001:db8::1', 128, false],
    ['2001:db8::2', 127, false],
    ['8000::', 1, false],
    ['4000::', 1, true],
    ['::', 1, false],
    ['::1', 1, true],
  ];
  for (const [text, length, has] of rows) {
    const bytes = Uint8Array.of(255, ...parseIpv6(text)!, 255);
    t.equal(hasHostBits(bytes, 1, length), has, `${text}/${length}`);
  }
});
