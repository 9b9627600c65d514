/**
 * Where servers and load are: on loopback, or each in a network namespace of its own, joined by a bridge. A process cannot
 * go over to another network by itself, so that the benchmark runs in one of the namespaces too, as a second process.
 */
import { spawnSync } from 'node:child_process';
import { ON_LOOPBACK, type PairSite } from '../src/demo/pair.ts';
import { createNetwork } from '../test/interop/network.ts';

const SITE_VARIABLE = 'TANDEM_BENCH_SITE';
const HOSTS = { bench: '192.0.2.5', server1: '192.0.2.1', server2: '192.0.2.2', relay: '192.0.2.9' } as const;
const SEGMENT = 'lan';

/** The site that this process was started in. */
export function currentSite(): PairSite {
  const site = process.env[SITE_VARIABLE];
  return site === undefined ? ON_LOOPBACK : (JSON.parse(site) as PairSite);
}

/** Whether this process is the one in the namespaces. */
export function isInside(): boolean {
  return process.env[SITE_VARIABLE] !== undefined;
}

/** Makes the network, runs this program in it with the same arguments, removes the network. @returns its exit code */
export function runInNetwork(): number {
  let remove: () => unknown = () => {};
  const attachments = Object.entries(HOSTS).map(([host, address]) => [host, { address: `${address}/24` }]);
  const plan = { [SEGMENT]: Object.fromEntries(attachments) };
  const network = createNetwork(
    {
      teardown: (handler) => {
        remove = handler;
      },
    },
    plan,
  );
  try {
    const place = (host: keyof typeof HOSTS) => ({
      address: HOSTS[host],
      interfaceName: SEGMENT,
      enter: network.enter(host),
    });
    const site: PairSite = {
      places: [place('server1'), place('server2')],
      identifiers: [HOSTS.server1, HOSTS.server2],
      relay: place('relay'),
    };
    const [program = '', ...args] = [...network.enter('bench'), process.execPath, ...process.argv.slice(1)];
    const env = { ...process.env, [SITE_VARIABLE]: JSON.stringify(site) };
    return spawnSync(program, args, { stdio: 'inherit', env }).status ?? 1;
  } finally {
    remove();
  }
}
