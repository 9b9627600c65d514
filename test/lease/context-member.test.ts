/** One member of "ISC" in a user context is read and changed; all else stays as it is. */
import fc from 'fast-check';
import t from 'tap';
import { findIscMember, setIscMember } from '../../src/lease/context-member.ts';
import { USER_CONTEXT_BYTES_MAX } from '../../src/lease/record.ts';

const encoder = new TextEncoder();
const KEY = encoder.encode('"client-classes"');

function rangeOf(text: string, shift = 3) {
  const bytes = new Uint8Array(USER_CONTEXT_BYTES_MAX + 16).fill(0x22);
  const octets = encoder.encode(text);
  bytes.set(octets, shift);
  return { bytes, offset: shift, length: octets.length };
}

function set(context: string, value: string): string | null {
  const out = new Uint8Array(USER_CONTEXT_BYTES_MAX);
  const length = setIscMember(out, rangeOf(context), KEY, rangeOf(value, 0));
  return length === 0 ? null : new TextDecoder().decode(out.subarray(0, length));
}

t.test('the member is put in, replaced, and leaves the rest as it was', async (t) => {
  const rows = [
    ['', '{ "ISC": { "client-classes": [ "ALL" ] } }'],
    ['{}', '{"ISC": { "client-classes": [ "ALL" ] }}'],
    ['{ "a": 1 }', '{"ISC": { "client-classes": [ "ALL" ] },  "a": 1 }'],
    ['{"ISC":{}}', '{"ISC":{"client-classes": [ "ALL" ]}}'],
    [
      '{"ISC":{"relay-agent-info":"0x52"},"b":[2]}',
      '{"ISC":{"client-classes": [ "ALL" ], "relay-agent-info":"0x52"},"b":[2]}',
    ],
    ['{"ISC":{"client-classes":["x","y"],"z":0}}', '{"ISC":{"client-classes":[ "ALL" ],"z":0}}'],
    [
      '{"x":"{\\"ISC\\":{}}","ISC":{"client-classes":null}}',
      '{"x":"{\\"ISC\\":{}}","ISC":{"client-classes":[ "ALL" ]}}',
    ],
    ['{"ISC":[1]}', null],
  ] as const;
  for (const [context, expected] of rows) t.equal(set(context, '[ "ALL" ]'), expected, context || 'nothing');
});

t.test('a context that would be longer than a row can hold is refused', async (t) => {
  t.equal(set(`{"a":"${'x'.repeat(USER_CONTEXT_BYTES_MAX - 20)}"}`, '[]'), null);
});

t.test('any context is the same afterwards but for the member', async (t) => {
  const maps = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  const contexts = fc.oneof(maps, fc.record({ ISC: maps, other: fc.jsonValue() }, { noNullPrototype: true }));
  fc.assert(
    fc.property(contexts, fc.array(fc.string()), fc.nat(2), (context, classes, indent) => {
      if (typeof context['ISC'] !== 'object' && 'ISC' in context) return;
      if (Array.isArray(context['ISC']) || context['ISC'] === null) return;
      const made = set(JSON.stringify(context, null, indent), JSON.stringify(classes));
      const isc = { ...(context['ISC'] as object | undefined), 'client-classes': classes };
      t.strictSame(JSON.parse(made ?? ''), JSON.parse(JSON.stringify({ ...context, ISC: isc })));
    }),
    { numRuns: 500, seed: 1 },
  );
});

t.test('octets that are no JSON end every search inside of them', async (t) => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('', '{', '{"ISC"', '{"ISC":{', '{"ISC":{"client-classes"'),
      (rest, start) => {
        const range = rangeOf(start + rest);
        const at = findIscMember(range, KEY);
        t.ok(at === -1 || (at > range.offset && at <= range.offset + range.length));
        set(start + rest, '[]');
      },
    ),
    { numRuns: 2000, seed: 2 },
  );
});
