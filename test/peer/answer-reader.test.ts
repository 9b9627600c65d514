import fc from 'fast-check';
import t from 'tap';
import { readAnswer } from '../../src/peer/answer-reader.ts';

t.test('the first map of a list is the answer', async (t) => {
  t.same(readAnswer('[{"result":0,"text":"ok","arguments":{"a":1}},{"result":1}]'), {
    kind: 'answer',
    result: 0,
    text: 'ok',
    arguments: { a: 1 },
  });
  t.same(readAnswer('[{"result":1001}]'), { kind: 'answer', result: 1001, text: '', arguments: undefined });
});

t.test('a bare map says that no command was carried out, whatever it says', async (t) => {
  for (const body of [
    '{"result":0,"text":"Forbidden"}',
    '{"result":403,"text":"Forbidden"}',
    '{"text":"Forbidden"}',
  ])
    t.same(readAnswer(body), { kind: 'failed', reason: 'the request was refused: Forbidden' });
  t.same(readAnswer('{}'), { kind: 'failed', reason: 'the request was refused: ' });
});

t.test('everything else is a failure with a reason', async (t) => {
  const bodies = [
    '',
    'null',
    '0',
    '"x"',
    '[]',
    '[1]',
    '[null]',
    '[[]]',
    '[{}]',
    '[{"result":"0"}]',
    '[{"result":0.5}]',
  ];
  for (const body of [...bodies, '[{"result":null}]', '<html>', '\0', '[{"result":0}'])
    t.match(readAnswer(body), { kind: 'failed', reason: /./ }, body);
});

t.test('a text is kept short and must be one', async (t) => {
  t.equal(
    (readAnswer(JSON.stringify([{ result: 1, text: 'x'.repeat(100_000) }])) as { text: string }).text.length,
    512,
  );
  t.match(readAnswer('[{"result":1,"text":{}}]'), { text: '' });
});

t.test('no body makes the reader throw', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const answer = readAnswer(body);
      return answer.kind === 'failed' ? answer.reason !== '' : Number.isInteger(answer.result);
    }),
    { seed: 1, numRuns: 2000 },
  );
  t.equal(readAnswer('['.repeat(200_000)).kind, 'failed');
  t.equal(readAnswer('['.repeat(200_000) + ']'.repeat(200_000)).kind, 'failed');
});
