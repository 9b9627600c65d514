/**
 * End to end through raw sockets: clients without an address on the link of the server, in a namespace of their own, which
 * ask by broadcast and want the answer so; and a relay there, whose queries are unicast, so that the server's UDP socket
 * hears them too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity, createLocalServer, type ServerKind } from '../src/demo/local-server.ts';
import { ON_LOOPBACK } from '../src/demo/pair.ts';
import type { Endpoint } from '../src/load/model.ts';
import { type Attachment, createNetwork } from '../test/interop/network.ts';
import { kindsOf } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createRival, type Rival } from './rivals.ts';

const SERVER = '10.64.0.1';
const LINK = 'cable';
const SERVER_PORT = 67;

/** Who is at the other end of the cable. */
interface Asking {
  readonly title: string;
  readonly relay: Endpoint;
  readonly link: string | null;
  readonly attachment: Attachment;
}

const ASKING: readonly Asking[] = [
  { title: 'clients on the link', relay: { address: 0, port: 68 }, link: LINK, attachment: {} },
  {
    title: 'a relay',
    relay: { address: 0x0a400009, port: 67 },
    link: null,
    attachment: { address: '10.64.0.9/12' },
  },
];

/** A server on a link of its own, not started. @param isBridged the link is no cable, but has a bridge in it */
async function createRaw(
  kind: ServerKind,
  { relay, link, attachment }: Asking,
  isBridged: boolean,
): Promise<Rival> {
  let remove: () => unknown = () => {};
  const hosts = { server: { address: `${SERVER}/12` }, load: attachment };
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
  const server = await createLocalServer(kind, identity, document, directory, relay.port, SERVER_PORT);
  return createRival(kind.name, [server], {
    relay,
    link,
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
    'How fast and how dear is an exchange with one server through raw sockets, with clients on its link that have no address yet, and with a relay?',
  run: async ({ scale, contenders, points, site }): Promise<readonly BenchTable[]> => {
    // Network namespaces are for root.
    const kinds = process.getuid?.() === 0 ? kindsOf(contenders) : [];
    const tables: BenchTable[] = [];
    for (const asking of ASKING) {
      const makers = kinds.map((kind) => () => createRaw(kind, asking, site !== ON_LOOPBACK));
      tables.push({ ...(await loadRivals(makers, points, 'new', scale)), title: asking.title });
    }
    return tables;
  },
};
