import t from 'tap';
import { emptyRange } from '../../src/base/byte-range.ts';
import { formatHex } from '../../src/base/hex.ts';
import {
  DUID_BYTES_MAX,
  DUID_BYTES_MIN,
  findHardwareAddress,
  isDuid,
  NO_HARDWARE,
  parseDuid,
  readDuid,
} from '../../src/dhcp6/duid.ts';

const LLT = '00:01:00:01:2a:55:12:34:02:00:00:00:00:01';
const LL = '00:03:00:01:02:00:00:00:00:01';
const EN = '00:02:00:00:09:bf:de:ad:be:ef';
const UUID = `00:04:${formatHex(Uint8Array.from({ length: 16 }, (_, i) => i))}`;

function duidOf(text: string): Uint8Array {
  return Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16));
}

t.test('text is read and written as a lease file has it', async (t) => {
  for (const text of [LLT, LL, EN, UUID, '01:02:03']) t.equal(formatHex(parseDuid(text)!), text);
  for (const text of ['', '01', '01:02', '00:00:00', '01:02:zz', '010203', `${'01:'.repeat(130)}01`])
    t.equal(parseDuid(text), null, text.slice(0, 20));
});

t.test('3 to 130 octets, wherever they lie, but not 00:00:00', async (t) => {
  const bytes = new Uint8Array(300).fill(1, 10);
  for (let length = 0; length <= 200; length++) {
    t.equal(isDuid(bytes, 10, length), length >= DUID_BYTES_MIN && length <= DUID_BYTES_MAX, `${length}`);
  }
  t.notOk(isDuid(bytes, 7, 3));
  t.ok(isDuid(bytes, 8, 3));
  t.ok(isDuid(bytes, 6, 4), 'four zeros are somebody');
});

t.test('[RFC8415 11] the parts of each type', async (t) => {
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  const timeSec = 0x2a551234 + Date.UTC(2000, 0, 1) / 1000;
  t.same(readDuid(duidOf(LLT)), { kind: 'llt', hardwareType: 1, timeSec, linkLayerAddress: mac });
  t.same(readDuid(duidOf(LL)), { kind: 'll', hardwareType: 1, linkLayerAddress: mac });
  t.same(readDuid(duidOf(EN)), { kind: 'en', enterprise: 2495, identifier: duidOf('de:ad:be:ef') });
  t.same(readDuid(duidOf(UUID)), { kind: 'uuid', uuid: Uint8Array.from({ length: 16 }, (_, i) => i) });
});

t.test('a DUID cut off anywhere, or of no known type, is taken for what it is: octets', async (t) => {
  const least: Readonly<Record<string, number>> = { [LLT]: 9, [LL]: 5, [EN]: 7, [UUID]: 18 };
  for (const [text, whole] of Object.entries(least)) {
    const bytes = duidOf(text);
    for (let length = 0; length <= bytes.length; length++) {
      const { kind } = readDuid(bytes.subarray(0, length));
      t.equal(kind === 'other', length < whole, `${text}, ${length} octets`);
    }
  }
  t.same(readDuid(duidOf('00:05:01:02:03:04:05:06:07:08')), { kind: 'other' });
  t.same(readDuid(duidOf(`${UUID}:01`)), { kind: 'other' }, 'a UUID has 16 octets');
});

t.test('the hardware address is found in LLT and LL, and nowhere else', async (t) => {
  const out = emptyRange();
  const find = (text: string, length = duidOf(text).length): number => {
    const bytes = Uint8Array.of(9, 9, ...duidOf(text), 9, 9);
    return findHardwareAddress({ bytes, offset: 2, length }, out);
  };
  for (const text of [LLT, LL]) {
    t.equal(find(text), 1);
    t.same([...out.bytes.subarray(out.offset, out.offset + out.length)], [2, 0, 0, 0, 0, 1]);
    for (let length = 0; length <= (text === LLT ? 8 : 4); length++) {
      t.equal(find(text, length), NO_HARDWARE, `${length} octets`);
      t.equal(out.length, 0);
    }
  }
  t.equal(find(EN), NO_HARDWARE);
  t.equal(find(UUID), NO_HARDWARE);
});
