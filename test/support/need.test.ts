import t from 'tap';
import { findProgram, needProgram, type TestVoice } from './need.ts';

/** Records what a test would say. */
function listener(): { voice: TestVoice; heard: string[] } {
  const heard: string[] = [];
  const voice = {
    pass: (message: string, extra: { skip?: boolean }) =>
      heard.push(`${extra.skip ? 'skip' : 'pass'}: ${message}`),
    fail: (message: string) => heard.push(`fail: ${message}`),
  };
  return { voice: voice as unknown as TestVoice, heard };
}

function withCi(t: { teardown(handler: () => void): unknown }, value: string): void {
  const before = process.env['CI'];
  process.env['CI'] = value;
  t.teardown(() => {
    if (before === undefined) delete process.env['CI'];
    else process.env['CI'] = before;
  });
}

t.test('a program that exists is found and nothing is said', async (t) => {
  const { voice, heard } = listener();
  t.equal(needProgram(voice, 'sh'), true);
  t.match(findProgram('sh'), /\/sh$/);
  t.same(heard, []);
});

t.test('a missing program skips the test and is named', async (t) => {
  withCi(t, '');
  const { voice, heard } = listener();
  t.equal(needProgram(voice, 'no-such-program'), false);
  t.same(heard, ['skip: needs the program no-such-program, which is not installed']);
});

t.test('with CI=true a missing program is a failure', async (t) => {
  withCi(t, 'true');
  const { voice, heard } = listener();
  t.equal(needProgram(voice, 'no-such-program'), false);
  t.match(heard[0], /^fail: needs the program no-such-program.*CI=true/);
});
