/** Options that hold more sub-options than 255 octets: cut where Kea 2.2 and 3.0 cut them, so that each part has whole ones. */
import t from 'tap';
import { discover, serverFor } from './queries.ts';

const codes = [1, 2, 3, 4, 5];
const BOX = { name: 'box', code: 222, type: 'empty', encapsulate: 'boxes' };
const DEFINITIONS = [
  BOX,
  ...codes.map((code) => ({ name: `s${code}`, code, space: 'boxes', type: 'string' })),
  { name: 'nested', code: 9, space: 'boxes', type: 'empty', encapsulate: 'inner' },
  ...codes.map((code) => ({ name: `i${code}`, code, space: 'inner', type: 'string' })),
];

/** Sub-options of so many octets each, from code 1 on; the first is made of a, the second of b. */
const inSpace = (space: string, letter: string, sizes: readonly number[]) =>
  sizes.map((size, index) => ({ name: `${letter}${index + 1}`, space, data: 'ab'[index % 2]!.repeat(size) }));
const inBox = (...sizes: number[]) => [{ name: 'box' }, ...inSpace('boxes', 's', sizes)];
const inInner = (...sizes: number[]) => [{ name: 'nested', space: 'boxes' }, ...inSpace('inner', 'i', sizes)];

/** Octets of each part of option 222, runs of a letter as its number. */
function partsOf(
  t: { teardown(done: () => void): void },
  data: object[],
  definitions: object[] = DEFINITIONS,
): string[] {
  const server = serverFor(t, { 'option-def': definitions, 'option-data': data });
  const bytes = server.ask(discover(1, [[55, [222]]]))!.bytes;
  const parts: string[] = [];
  for (let at = 240; bytes[at] !== 255; at += 2 + bytes[at + 1]!) {
    if (bytes[at] !== 222) continue;
    const hex = Buffer.from(bytes.slice(at + 2, at + 2 + bytes[at + 1]!)).toString('hex');
    parts.push(
      hex.replaceAll(
        /(?:61){5,}|(?:62){5,}/g,
        (run) => ` ${run.length / 2}${run.startsWith('61') ? 'a' : 'b'} `,
      ),
    );
  }
  return parts.map((part) => part.trim());
}

const ROWS: readonly (readonly [what: string, data: object[], parts: readonly string[]])[] = [
  ['what fits is one part', inBox(20, 20), ['0114 20a 0214 20b']],
  ['253 octets fit', inBox(251), ['01fb 251a']],
  ['254 do not', inBox(252), ['01fb 251a', '010161']],
  ['one of 255', inBox(255), ['01fb 251a', '010461616161']],
  ['one of 300', inBox(300), ['01fb 251a', '0131 49a']],
  ['one of 600', inBox(600), ['01fb 251a', '01fb 251a', '0162 98a']],
  ['two of 200', inBox(200, 200), ['01c8 200a', '02c8 200b']],
  ['a long one and a short one', inBox(250, 1), ['01fa 250a', '020162']],
  ['two that just do not fit', inBox(123, 128), ['017b 123a', '0280 128b']],
  ['two that just fit', inBox(123, 126), ['017b 123a 027e 126b']],
  ['three', inBox(10, 250, 10), ['010a 10a', '02fa 250b', '030a 10a']],
  ['inside of another', [{ name: 'box' }, ...inInner(200, 200)], ['09ca01c8 200a', '09ca02c8 200b']],
  ['one inside of another', [{ name: 'box' }, ...inInner(300)], ['09fb01f9 249a', '09350133 51a']],
  ['beside another', [...inBox(20), ...inInner(200, 200)], ['0114 20a', '09ca01c8 200a', '09ca02c8 200b']],
];

t.test('long containers are cut where Kea cuts them', async (t) => {
  for (const [what, data, parts] of ROWS) t.same(partsOf(t, data), parts, what);
});

t.test('an option’s own octets stay in front, which Kea loses', async (t) => {
  const own = [{ ...BOX, type: 'uint32' }, ...DEFINITIONS.slice(1)];
  const data = [{ name: 'box', data: '7' }, ...inSpace('boxes', 's', [200, 200])];
  t.same(partsOf(t, data, own), ['00000007', '01c8 200a', '02c8 200b']);
});
