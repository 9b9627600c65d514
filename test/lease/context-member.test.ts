/** A member of the map "ISC" in a user context, found and set in the text. */
import fc from 'fast-check';
import t from 'tap';
import { emptyRange } from '../../src/base/byte-range.ts';
import { encodeKeaJson } from '../../src/base/kea-json.ts';
import { IscMember } from '../../src/lease/context-member.ts';
import { isJsonMap } from '../../src/lease/csv-context.ts';

const MEMBER = new IscMember('relay-agent-info');

function rangeOf(text: string) {
  // Surrounded, so that reading outside of the range would show.
  const bytes = Buffer.from(`"ISC": {"${text}", "relay-agent-info": 0}`);
  return { bytes, offset: 9, length: Buffer.byteLength(text) };
}

function put(text: string, value: string, room = 10_000): string | null {
  const out = new Uint8Array(room);
  const length = MEMBER.put(rangeOf(text), rangeOf(value), out);
  return length === 0 ? null : Buffer.from(out.subarray(0, length)).toString();
}

function find(text: string): string | null {
  const out = emptyRange();
  if (!MEMBER.find(rangeOf(text), out)) return null;
  return Buffer.from(out.bytes.subarray(out.offset, out.offset + out.length)).toString();
}

const ROWS: readonly (readonly [before: string, after: string])[] = [
  ['', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{}', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{  }', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{ "ISC": {  } }', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{ "ISC": 5 }', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{ "ISC": "a}" }', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{ "comment": "x" }', '{ "ISC": { "relay-agent-info": "X" }, "comment": "x" }'],
  ['{ "A": 1, "comment": "x" }', '{ "A": 1, "ISC": { "relay-agent-info": "X" }, "comment": "x" }'],
  ['{ "A": [ 1, {} ] }', '{ "A": [ 1, {} ], "ISC": { "relay-agent-info": "X" } }'],
  ['{"ISC":{"relay-agent-info":{"a":"}"}}}', '{"ISC":{"relay-agent-info":"X"}}'],
  ['{ "ISC": { "relay-agent-info": 12 } }', '{ "ISC": { "relay-agent-info": "X" } }'],
  ['{ "ISC": { "limits": { } } }', '{ "ISC": { "limits": { }, "relay-agent-info": "X" } }'],
  ['{ "ISC": { "zz": 1 } }', '{ "ISC": { "relay-agent-info": "X", "zz": 1 } }'],
  ['{ "ISC": { "relay": 1 } }', '{ "ISC": { "relay": 1, "relay-agent-info": "X" } }'],
  [
    '{ "a\\"": "\\\\", "ISC": { "b": "{[" } }',
    '{ "a\\"": "\\\\", "ISC": { "b": "{[", "relay-agent-info": "X" } }',
  ],
];

t.test('the member is set, and everything else stays as it is written', async (t) => {
  for (const [before, after] of ROWS) {
    t.equal(put(before, '"X"'), after, before);
    t.equal(find(after), '"X"');
    t.equal(put(after, '{ "y": 1 }'), after.replace('"X"', '{ "y": 1 }'), 'once more');
  }
  t.equal(find('{ "relay-agent-info": 1 }'), null, 'beside "ISC" it is another one');
  t.equal(find('{ "x": { "ISC": { "relay-agent-info": 1 } } }'), null);
  t.equal(put('{ "comment": "x" }', '"X"', 40), null, 'there is no room');
});

t.test('any map comes out as if it had been parsed, changed and written', async (t) => {
  const key = fc.oneof(fc.constantFrom('ISC', 'relay-agent-info', 'A', 'zz', ''), fc.string());
  const map = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())));
  const run = fc.property(map, fc.jsonValue(), (context, value) => {
    const before = encodeKeaJson(context);
    const after = put(before, encodeKeaJson(value)) ?? '';
    const isc = context['ISC'];
    const isMap = typeof isc === 'object' && isc !== null && !Array.isArray(isc);
    const wanted = { ...context, ISC: { ...(isMap ? isc : {}), 'relay-agent-info': value } };
    const bytes = Buffer.from(after);
    return (
      isJsonMap(bytes, 0, bytes.length) &&
      JSON.stringify(sorted(JSON.parse(after))) ===
        JSON.stringify(sorted(JSON.parse(JSON.stringify(wanted)))) &&
      find(after) === encodeKeaJson(value)
    );
  });
  fc.assert(run, { seed: 1, numRuns: 1_000 });
  t.pass('1,000 maps');
});

function sorted(value: unknown): unknown {
  return JSON.parse(encodeKeaJson(value));
}

t.test('octets that are no map are neither read beyond their end nor looked at for ever', async (t) => {
  const run = fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ ISC1a') }), (text) => {
    put(text, '"X"');
    find(text);
  });
  fc.assert(run, { seed: 2, numRuns: 3_000 });
  t.pass('3,000 texts');
});
