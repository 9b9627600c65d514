import fc from 'fast-check';
import t from 'tap';
import { JsonScanner } from '../../../src/control/unix/json-scan.ts';

/** Feeds a text in pieces; says what the scanner said last and which text it would hand over. */
function scan(text: string, chunkBytes: number, depthMax = 100) {
  const scanner = new JsonScanner(depthMax);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const verdict = scanner.push(bytes.subarray(at, at + chunkBytes));
    if (verdict === 'complete') return { verdict, json: bytes.toString('utf8', 0, at + scanner.end) };
    if (verdict === 'refused') return { verdict, reason: scanner.reason };
  }
  return { verdict: 'more' };
}

t.test('the end of the first value is found, whatever follows', async (t) => {
  const rows: [text: string, json: string][] = [
    ['{}', '{}'],
    ['[]', '[]'],
    [' \r\n\t{"a":1}', ' \r\n\t{"a":1}'],
    ['{"a":{"b":[1,2,{}]}}{"second":1}', '{"a":{"b":[1,2,{}]}}'],
    ['{"a":"}"} tail', '{"a":"}"}'],
    ['{"a":"\\"}"}', '{"a":"\\"}"}'],
    ['{"a":"\\\\"}', '{"a":"\\\\"}'],
    ['{"a":"# no // comment /* here"}', '{"a":"# no // comment /* here"}'],
    ['{"ä":"€😀"}x', '{"ä":"€😀"}'],
  ];
  for (const [text, json] of rows) {
    for (const chunkBytes of [1, 2, 3, 1000])
      t.match(scan(text, chunkBytes), { verdict: 'complete', json }, text);
  }
});

t.test('comments become blanks of the same length', async (t) => {
  const rows: string[] = [
    '# first\n{"a":1}',
    '// first\n{"a":1}',
    '/* first */{"a":1}',
    '{"a": # } "\n 1}',
    '{"a": // } "\n 1}',
    '{"a": /* } " * / **/ 1}',
    '{"a": /***/ 1}',
  ];
  for (const text of rows) {
    for (const chunkBytes of [1, 2, 1000]) {
      const { verdict, json } = scan(text, chunkBytes);
      t.equal(verdict, 'complete', text);
      t.equal(json!.length, text.length, text);
      t.same(JSON.parse(json!), { a: 1 }, text);
    }
  }
});

t.test('what cannot become a command is refused at the first octet that shows it', async (t) => {
  const rows: [text: string, reason: RegExp][] = [
    ['hello', /invalid first character h/],
    ['"text"', /invalid first character "/],
    ['3', /invalid first character 3/],
    ['}', /invalid first character }/],
    ['{"a": / 1}', /begins no comment/],
    ['/x', /begins no comment/],
  ];
  for (const [text, reason] of rows) t.match(scan(text, 1), { verdict: 'refused', reason }, text);
});

t.test('an incomplete text asks for more', async (t) => {
  for (const text of ['', ' ', '{', '{"a":"}', '{"a":1}'.slice(0, -1), '# {}', '/* {} ', '/', '[[]']) {
    t.equal(scan(text, 1).verdict, 'more', text);
  }
});

t.test('nesting is allowed up to the bound and refused above it', async (t) => {
  t.equal(scan('['.repeat(100) + ']'.repeat(100), 7).verdict, 'complete');
  t.match(scan('['.repeat(101), 7), { verdict: 'refused', reason: /100 levels/ });
  t.match(scan('{"a":'.repeat(100_000), 65_536), { verdict: 'refused', reason: /100 levels/ });
  t.equal(scan(`[${'[],'.repeat(100_000)}[]]`, 65_536).verdict, 'complete');
});

t.test('any JSON map survives any way of cutting it into chunks', async () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 1, max: 9 }),
      (map, chunkBytes) => {
        const { verdict, json } = scan(`${JSON.stringify(map, null, 1)} trailing`, chunkBytes);
        return verdict === 'complete' && JSON.stringify(JSON.parse(json!)) === JSON.stringify(map);
      },
    ),
    { seed: 4711, numRuns: 500 },
  );
});

t.test('random octets never make it throw, and the end lies inside the chunk', async () => {
  const soup = fc.array(fc.constantFrom(...Buffer.from('{}[]"\\/*#\n a1\x00\xff')), { maxLength: 60 });
  fc.assert(
    fc.property(soup, (octets) => {
      const scanner = new JsonScanner(5);
      const chunk = Uint8Array.from(octets);
      return scanner.push(chunk) !== 'complete' || (scanner.end > 0 && scanner.end <= chunk.length);
    }),
    { seed: 4711, numRuns: 2000 },
  );
});
