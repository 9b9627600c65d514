/** The README's first example gives a client on the same link a lease. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** The first block of code of a language. */
function blockOf(text: string, language: string, after: string): string {
  const from = text.indexOf(after);
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text.slice(from))?.[1] ?? '';
}

t.test("the README's first example works as written", async (t) => {
  if (!needRootAnd(t, ['ip', 'busybox'])) return;
  const directory = temporaryDirectory(t);
  const text = readFileSync(README, 'utf8');
  const file = join(directory, 'first.conf');
  const leases = join(directory, 'leases.csv');
  writeFileSync(file, blockOf(text, 'json', '## A first lease').replace('/tmp/first-leases.csv', leases));
  const commands = blockOf(text, 'sh', '## A first lease');
  const address = /ip address add (\S+) dev tandem0/.exec(commands)?.[1] ?? '';
  const client = /ip netns exec laptop (busybox udhcpc.*?) +#/.exec(commands)?.[1] ?? '';
  t.match(commands, /^node dist\/main\.js serve -c first\.conf/m);
  const network = createNetwork(t, { tandem0: { server1: { address }, laptop: {} } });
  const server = network.start('server1', process.execPath, [MAIN, 'serve', '-c', file]);
  await server.waitForOutput(/TDM_ENGINE_SERVING/, 20_000);
  const [program = '', ...args] = client.replace('-i eth0', '-i tandem0').split(' ');
  const { code, output } = await network.run('laptop', program, [...args, '-s', '/bin/true']);
  t.equal(code, 0, output);
  t.match(output, /lease of 192\.168\.77\.100 obtained from 192\.168\.77\.1, lease time 3600/);
  t.match(readFileSync(leases, 'utf8'), /^192\.168\.77\.100,/m);
});
