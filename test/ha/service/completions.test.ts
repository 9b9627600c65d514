import t from 'tap';
import { CompletionGate } from '../../../src/ha/service/completions.ts';

t.test('the machine hears of the first completion, then of one in a tenth of a second', async (t) => {
  const gate = new CompletionGate();
  t.same(
    [0, 1, 99, 100, 150, 200].filter((ms) => gate.opens(ms)),
    [0, 100, 200],
  );
});

t.test('after a failure it hears of the next one at once, and of that one only', async (t) => {
  const gate = new CompletionGate();
  t.ok(gate.opens(0));
  gate.noteTrouble();
  t.ok(gate.opens(1));
  t.notOk(gate.opens(2));
});
