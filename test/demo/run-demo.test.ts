import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { demonstrate } from './demonstrating.ts';

// Two whole demonstrations.
t.setTimeout(170_000);

const MODULE = new URL('../../src/demo/run-demo.js', import.meta.url).href;

for (const mode of ['load-balancing', 'hot-standby'] as const) {
  t.test(`a ${mode} pair survives the demonstration with every promise kept`, async (t) => {
    await demonstrate(t, { family: 4, mode });
  });
}

t.test('an interrupted demonstration ends its servers and removes its files', async (t) => {
  const directory = t.testdir();
  const script = `
    const { runDemo } = await import(${JSON.stringify(MODULE)});
    process.exit(await runDemo({ family: 4, seconds: 60, rate: 10, mode: 'hot-standby' }));`;
  const demo = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: directory },
  });
  await once(demo.stdout, 'data');
  t.not(readdirSync(directory).length, 0);
  const servers = childrenOf(demo.pid!);
  t.equal(servers.length, 2);
  demo.kill('SIGINT');
  t.same(await once(demo, 'exit'), [130, null]);
  t.same(readdirSync(directory), []);
  for (const pid of servers) t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

/** Process numbers whose parent is `pid`, from /proc/PID/stat. */
function childrenOf(pid: number): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
