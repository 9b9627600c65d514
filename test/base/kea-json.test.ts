/** JSON as Kea writes it: the texts here are what a Kea 2.2 sent. */
import fc from 'fast-check';
import t from 'tap';
import { EncodedJson } from '../../src/base/encoded-json.ts';
import { encodeKeaJson } from '../../src/base/kea-json.ts';

t.test('an answer is written as Kea writes it, octet for octet', async (t) => {
  const rows: readonly (readonly [string, unknown])[] = [
    [
      `{ "result": 2, "text": "'x' command not supported." }`,
      { text: "'x' command not supported.", result: 2 },
    ],
    [
      '{ "arguments": { "leases": [  ] }, "result": 3, "text": "0 IPv4 lease(s) found." }',
      { result: 3, text: '0 IPv4 lease(s) found.', arguments: { leases: [] } },
    ],
    [
      '[ { "arguments": { "a": [  ], "b": {  }, "c": [ 1, 2.5, null, true ] }, "result": 0 } ]',
      [{ result: 0, arguments: { c: [1, 2.5, null, true], b: {}, a: [], d: undefined } }],
    ],
    [
      '{ "arguments": { "packet-queue-statistics": [ 0.0, 0.0, 0.0 ] }, "result": 0 }',
      { result: 0, arguments: { 'packet-queue-statistics': new EncodedJson('[ 0.0, 0.0, 0.0 ]') } },
    ],
    ['{ "result": 0, "text": "a\\"/\\u0001 \\n" }', { result: 0, text: 'a"/\u0001 \n' }],
  ];
  for (const [text, value] of rows) t.equal(encodeKeaJson(value), text);
});

t.test('whatever is JSON is still the same when it is read', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.same(JSON.parse(encodeKeaJson(value)), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200 },
  );
});
