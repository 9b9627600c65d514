/** The test runner: what it prints and its exit code, for every way in which a test file can end. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { until } from './interop/waiting.ts';
import { ALONE, runsAlone } from './runner/alone.ts';
import { isInTurn, PAIRS } from './runner/in-turn.ts';
import { BEGUN_FIRST, longestFirst } from './runner/order.ts';
import { dependsOnNode, LEFT_OUT } from './runner/second-node.ts';
import { turnsOf } from './runner/turns.ts';

// Each with files and processes of its own; they wait for a good part of their time.
t.jobs = 3;

const RUNNER = fileURLToPath(new URL('./run.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_S = 60;
/** For files that hang: long enough to begin, short enough to be waited for. */
const HUNG_LIMIT_S = 4;
const HUNG = { TAP_TIMEOUT: String(HUNG_LIMIT_S) };

interface Run {
  readonly code: number | null;
  readonly text: string;
  readonly lastLine: string;
}

/** Starts the runner with these files, which it finds in a directory of the test. */
function startRunner(t: Test, files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  const directory = t.testdir(files);
  const paths = Object.keys(files).map((name) => join(directory, name));
  const inherited = { ...process.env, CI: '', TAP_TIMEOUT: String(LIMIT_S), NO_COLOR: '1' };
  const child = spawn(process.execPath, [RUNNER, ...paths], { env: { ...inherited, ...env } });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
    });
  }
  const ended = new Promise<Run>((resolve) => {
    child.on('close', (code) => {
      const lines = output.text.trimEnd().split('\n');
      resolve({ code, text: output.text, lastLine: lines.at(-1) ?? '' });
    });
  });
  return { child, output, ended };
}

const run = (...args: Parameters<typeof startRunner>): Promise<Run> => startRunner(...args).ended;

const PASSING = `import t from 'tap';
t.test('one', async (t) => t.equal(1, 1));
t.test('two', async (t) => t.pass());
`;

t.test('a file that passes is one line, and the counts are the last one', async (t) => {
  const { code, text, lastLine } = await run(t, { 'passing.test.mjs': PASSING, 'again.test.mjs': PASSING });
  t.equal(code, 0);
  t.match(text, /^ok {5}.*passing\.test\.mjs +2 passed +\d+\.\d s$/m);
  t.match(text, /^ok {5}.*again\.test\.mjs +2 passed +\d+\.\d s$/m);
  t.equal(
    text
      .trim()
      .split('\n')
      .filter((line) => line !== '').length,
    3,
    'nothing else is printed',
  );
  t.equal(lastLine, '4 passed, 0 failed');
});

t.test('a failure is whole: its path, the difference, the stack, and what the file printed', async (t) => {
  const { code, text, lastLine } = await run(t, {
    'failing.test.mjs': `import t from 'tap';
      t.test('outer', async (t) => {
        t.test('inner', async (t) => t.same({ a: 1 }, { a: 2 }, 'is the same'));
        t.pass('goes on');
      });
      console.error('said by the way');
      t.test('good', async (t) => t.pass());`,
  });
  t.equal(code, 1);
  t.match(text, /^FAILED .*failing\.test\.mjs +1 passed, 1 failed +\d/m);
  t.match(text, /not ok outer > inner > is the same\n/);
  t.match(text, /- {2}"a": 2,\n +\+ {2}"a": 1,\n/);
  t.match(text, /stack: \S*.*failing\.test\.mjs:3:\d+|stack:\n.*failing\.test\.mjs:3:\d+/);
  t.match(text, /said by the way/);
  t.equal(text.split('is the same\n').length, 3, 'once whole, and once in the list before the counts');
  t.equal(lastLine, '1 passed, 1 failed');
});

t.test('subtests that run at once are told apart', async (t) => {
  const { text, lastLine } = await run(t, {
    'buffered.test.mjs': `import t from 'tap';
      t.jobs = 2;
      t.test('bad', { buffered: true }, async (t) => t.equal(1, 2, 'deep'));
      t.test('good', { buffered: true }, async (t) => t.pass());`,
  });
  t.match(text, /not ok bad > deep\n/);
  t.equal(lastLine, '1 passed, 1 failed');
});

t.test('a file fails that says nothing is wrong but does not end as it should', async (t) => {
  const files = {
    'throws.test.mjs': `throw new Error('not even begun');`,
    'exit-code.test.mjs': `${PASSING} process.on('exit', () => { process.exitCode = 3; });`,
    'leaves.test.mjs': `import t from 'tap'; t.test('gone', async () => process.exit(0));`,
    'killed.test.mjs': `${PASSING} t.test('dies', async () => process.kill(process.pid, 'SIGKILL'));`,
    'plan.test.mjs': `console.log('TAP version 14\\n1..2\\nok 1 - one');`,
    'empty.test.mjs': '',
    'no-test.test.mjs': `import 'tap';`,
    'bails.test.mjs': `import t from 'tap'; t.pass(); t.bailout('enough');`,
  };
  for (const [name, text] of Object.entries(files)) {
    const { code, text: printed, lastLine } = await run(t, { [name]: text });
    t.equal(code, 1, `${name}: exit code`);
    t.match(printed, /^FAILED /m, name);
    t.match(lastLine, /^\d+ passed, 1 failed$/, name);
  }
});

t.test('the reasons are named', async (t) => {
  const { text } = await run(t, {
    'throws.test.mjs': `throw new Error('not even begun');`,
    'killed.test.mjs': `${PASSING} t.test('dies', async () => process.kill(process.pid, 'SIGKILL'));`,
    'empty.test.mjs': '',
  });
  t.match(text, /the file\n +ended with exit code 1\n/);
  t.match(text, /Error: not even begun/);
  t.match(text, /the file\n +was killed by SIGKILL\n/);
  t.match(text, /the file\n +contains no test\n/);
});

t.test('a file that waits for ever names the test that it is in', async (t) => {
  const { code, text, lastLine } = await run(
    t,
    {
      'waits.test.mjs': `${PASSING} t.test('never', async () => { setInterval(() => {}, 1000); await new Promise(() => {}); });`,
    },
    HUNG,
  );
  t.equal(code, 1);
  t.match(text, /not ok never > timeout!/);
  t.equal(lastLine, '2 passed, 1 failed');
});

t.test(
  'a file that spins is killed, with the program that it started and that holds its output open',
  async (t) => {
    const { code, text, lastLine } = await run(
      t,
      {
        'spins.test.mjs': `import { spawn } from 'node:child_process';
      ${PASSING}
      t.test('spins', async () => { spawn('sleep', ['1000'], { stdio: 'inherit' }); for (;;); });`,
      },
      HUNG,
    );
    t.equal(code, 1);
    t.match(text, new RegExp(`was not done after ${HUNG_LIMIT_S} s and was killed`));
    t.notMatch(text, /TAP version/, 'the limit of a file is not the limit of the run');
    t.equal(lastLine, '2 passed, 1 failed');
  },
);

t.test('a program that a file leaves behind does not hold the run up', async (t) => {
  const { code, lastLine } = await run(t, {
    'leaves-behind.test.mjs': `import { spawn } from 'node:child_process';
      ${PASSING} spawn('sleep', ['1000'], { stdio: 'inherit' }).unref();`,
  });
  t.equal(code, 0);
  t.equal(lastLine, '2 passed, 0 failed');
});

t.test('what is skipped is counted, and has failed with CI=true', async (t) => {
  const files = {
    'skips.test.mjs': `import t from 'tap';
      t.test('whole', { skip: 'no root' }, async () => {});
      t.test('inside', async (t) => t.pass('no kea', { skip: true }));
      t.test('good', async (t) => t.pass());`,
  };
  const here = await run(t, files);
  t.equal(here.code, 0);
  t.equal(here.lastLine, '1 passed, 0 failed, 2 skipped');
  const ci = await run(t, files, { CI: 'true' });
  t.equal(ci.code, 1);
  t.equal(ci.lastLine, '1 passed, 2 failed');
  t.match(ci.text, /not ok inside > no kea\n +skipped, where nothing may be/);
});

t.test('a run that is ended ends its files and prints the counts so far', async (t) => {
  const { child, output, ended } = startRunner(t, {
    'passing.test.mjs': PASSING,
    'waits.test.mjs': `${PASSING} setInterval(() => {}, 1000);`,
  });
  await until({ what: 'the first line', timeoutMs: 60_000 }, () => /^ok .*passing/m.exec(output.text));
  child.kill('SIGTERM');
  const { code, text, lastLine } = await ended;
  t.equal(code, 128 + 15);
  t.match(text, /ended by SIGTERM: 1 files are not done/);
  t.equal(lastLine, '2 passed, 0 failed');
});

t.test('what runs alone is there', async (t) => {
  for (const name of ALONE) {
    const path = resolve(ROOT, 'test', 'interop', `${name}.test.ts`);
    t.ok(existsSync(path) && runsAlone(path), path);
  }
  t.notOk(runsAlone(resolve(ROOT, 'test', 'app', 'orders.test.ts')));
});

t.test('the longest files are there, and are begun first, the others as they come', async (t) => {
  for (const name of BEGUN_FIRST) t.ok(existsSync(resolve(ROOT, 'test', `${name}.test.ts`)), name);
  const [first = '', second = ''] = BEGUN_FIRST;
  const files = ['/b/base/one.test.js', `/b/${second}.test.js`, '/b/app/two.test.js', `/b/${first}.test.js`];
  t.same(
    longestFirst(files, (file) => file.slice('/b/'.length)),
    [`/b/${first}.test.js`, `/b/${second}.test.js`, '/b/base/one.test.js', '/b/app/two.test.js'],
  );
});

t.test('what a second version of Node does not try is there, and all else is tried', async (t) => {
  for (const name of LEFT_OUT) {
    const path = resolve(ROOT, 'test', name);
    t.ok(existsSync(path) || existsSync(`${path}.test.ts`), name);
  }
  for (const name of ['engine/model.test.js', 'app/renewal.test.js', 'tidy.test.js'])
    t.notOk(dependsOnNode(name), name);
  for (const name of ['io/udp.test.js', 'app/serve.test.js', 'peer/client.test.js', 'new.test.js'])
    t.ok(dependsOnNode(name), name);
});

t.test(
  'of long files that the check takes in turn, each is there, one a turn, and both without a turn',
  async (t) => {
    for (const pair of PAIRS) {
      for (const name of pair) t.ok(existsSync(resolve(ROOT, 'test', `${name}.test.ts`)), name);
      const taken = (turn?: string) => pair.filter((name) => isInTurn(`${name}.test.js`, turn));
      t.same(['0', '1', '2', '3'].map(taken), [[pair[0]], [pair[0]], [pair[1]], [pair[1]]]);
      t.same([taken(), taken('all')], [pair, pair]);
    }
    t.ok(isInTurn('app/serve.test.js', '0'));
    const halves = ['0', '1', '2', '3'].map((turn) => turnsOf(turn).story);
    t.same(halves, [0, 1, 0, 1], 'each file tells both halves of its stories');
  },
);
