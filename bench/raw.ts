/**
 * End to end through raw sockets: clients without an address on the link of the server, in a namespace of their own, which
 * ask by broadcast and want the answer so.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, createLocalServer, type ServerKind } from '../src/demo/local-server.ts';
import { ON_LOOPBACK } from '../src/demo/pair.ts';
import { createNetwork } from '../test/interop/network.ts';
import { kindsOf } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createRival, type Rival } from './rivals.ts';

const SERVER = '10.64.0.1';
const LINK = 'cable';
const SERVER_PORT = 67;
const CLIENTS = { address: 0, port: 68 };

/** A server on a link of its own, not started. @param isBridged the link is no cable, but has a bridge in it */
async function createRaw(kind: ServerKind, isBridged: boolean): Promise<Rival> {
  let remove: () => unknown = () => {};
  const hosts = { server: { address: `${SERVER}/12` }, load: {} };
  const network = createNetwork(
    {
      teardown: (handler) => {
        remove = handler;
      },
    },
    isBridged ? { [LINK]: hosts } : {},
  );
  if (!isBridged) network.connect(LINK, hosts);
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const place = { address: SERVER, interfaceName: LINK, enter: network.enter('server') };
  const identity = await createIdentity('raw', SERVER, directory, place);
  const document = configuration(identity.leaseFile);
  const server = await createLocalServer(kind, identity, document, directory, CLIENTS.port, SERVER_PORT);
  return createRival(kind.name, [server], {
    relay: CLIENTS,
    link: LINK,
    enterRelay: network.enter('load'),
    start: () => server.process.start(),
    close: async () => {
      await server.process.kill();
      await server.commands.close();
      remove();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

/** The same for all. */
function configuration(leaseFile: string) {
  return {
    Dhcp4: {
      'interfaces-config': { interfaces: [LINK], 'dhcp-socket-type': 'raw' },
      'lease-database': { type: 'memfile', name: leaseFile, 'lfc-interval': 0 },
      'valid-lifetime': 7200,
      subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.79.255.250' }] }],
    },
  };
}

export const raw: Bench = {
  name: 'raw',
  question:
    'How fast and how dear is an exchange with one server through raw sockets, with clients on its link that have no address yet?',
  run: async ({ scale, contenders, points, site }): Promise<BenchTable> => {
    // Network namespaces are for root.
    const kinds = process.getuid?.() === 0 ? kindsOf(contenders) : [];
    return loadRivals(
      kinds.map((kind) => () => createRaw(kind, site !== ON_LOOPBACK)),
      points,
      'new',
      scale,
    );
  },
};
