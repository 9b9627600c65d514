/** Whether octets are one JSON map, compared with JSON.parse. */
import fc from 'fast-check';
import t from 'tap';
import { CONTEXT_DEPTH_MAX, isJsonMap } from '../../src/lease/csv-context.ts';

function check(text: string | Uint8Array): boolean {
  // Surrounded, so that reading outside of the range would show.
  const bytes = Buffer.concat([Buffer.from('{"'), Buffer.from(text), Buffer.from('":1}')]);
  return isJsonMap(bytes, 2, bytes.length - 4);
}

function oracle(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

t.test('every JSON map is one, blanks around it included', async (t) => {
  const maps = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  const run = fc.property(maps, fc.nat(3), (map, indent) =>
    check(` \n${JSON.stringify(map, null, indent)}\t\r`),
  );
  fc.assert(run, { seed: 1, numRuns: 2_000 });
  t.pass('2,000 maps');
});

t.test('maps with one octet changed, removed or doubled are judged as JSON.parse does', async (t) => {
  const samples = [
    '{"a":[1,-2.5e+3,{"b":"\\u00fc\\n"},[]],"c":true,"d":{},"e":null,"f":false}',
    '{ "ISC": { "relay-agent-info": "0x0104DEADBEEF" }, "note": "a, b & c" }',
    '{"n":[0,-0,10,0.1,1E5,1e-05]}',
  ];
  const letters = fc.constantFrom(...'{}[]",:\\0123456789.eE+-tfnu \n\u0001\u007fx');
  const edits = fc.tuple(fc.constantFrom(...samples), fc.nat(80), letters, fc.nat(2));
  let good = 0;
  const run = fc.property(edits, ([sample, at, letter, cut]) => {
    const text = sample.slice(0, at) + letter + sample.slice(at + cut);
    if (oracle(text)) good++;
    return check(text) === oracle(text);
  });
  fc.assert(run, { seed: 2, numRuns: 20_000 });
  t.ok(good > 1_000 && good < 15_000, `${good} of 20,000 were maps`);
});

t.test('a map cut off anywhere is none', async (t) => {
  const text = '{"a":[1,{"b":"\\u00fc"}],"c":true}';
  for (let length = 0; length < text.length; length++) t.equal(check(text.slice(0, length)), false);
});

t.test('nesting is bounded, so that nobody is handed a map that breaks a recursive reader', async (t) => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
  t.equal(check(nested(CONTEXT_DEPTH_MAX)), true);
  t.equal(check(nested(CONTEXT_DEPTH_MAX + 1)), false);
  t.equal(check(`{"a":${'['.repeat(10_000)}`), false);
});

t.test('random octets are no map', async (t) => {
  const run = fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    const text = Buffer.from(bytes).toString('utf8');
    return check(bytes) === false || oracle(text);
  });
  fc.assert(run, { seed: 3, numRuns: 5_000 });
  t.pass('5,000 times');
});
