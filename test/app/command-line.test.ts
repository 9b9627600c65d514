import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { scratch, writeConfig } from './process.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

function tandem(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

t.test('check says ok of a good file', async (t) => {
  const { code, output } = await tandem(['check', writeConfig(scratch(t))]);
  t.equal(code, 0);
  t.match(output, /ok, 1 subnet\(s\), 1 pool\(s\)/);
});

t.test('check names every problem with its place', async (t) => {
  const file = join(scratch(t), 'bad.conf');
  writeFileSync(
    file,
    '{ "Dhcp4": {\n "renew-timer": "soon",\n "subnet4": [ { "subnet": "10.0.0.0/33" } ] } }',
  );
  const { code, output } = await tandem(['check', file]);
  t.equal(code, 1);
  t.match(output, /bad\.conf:2:\d+: Dhcp4\/renew-timer/);
  t.match(output, /bad\.conf:3:\d+: Dhcp4\/subnet4\[0\]/);
});

t.test('a wrong command line ends with exit code 2', async (t) => {
  for (const args of [
    ['serve'],
    ['serve', '-c', 'x', '-p', '99999'],
    ['nosuch'],
    ['demo', '--mode', 'other'],
    [],
  ]) {
    const { code } = await tandem(args);
    t.equal(code, 2, args.join(' '));
  }
});

t.test('--version and --help end with exit code 0', async (t) => {
  t.match(await tandem(['--version']), { code: 0, output: /^\d+\.\d+\.\d+/ });
  t.match(await tandem(['--help']), { code: 0, output: /serve/ });
});

t.test('why without a server says so and ends with exit code 2', async (t) => {
  const { code, output } = await tandem(['why', '--socket', join(scratch(t), 'nobody')]);
  t.equal(code, 2);
  t.match(output, /ENOENT/);
});

t.test('ctl without a server says so and ends with exit code 2', async (t) => {
  const { code } = await tandem(['ctl', '--socket', join(scratch(t), 'nobody'), 'status-get']);
  t.equal(code, 2);
});
