/** The servers of a soak: one, or a pair, in processes of their own. */
import { join } from 'node:path';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { NAMES, Pair, SUBNET } from '../app/hot-standby-pair.ts';
import { scratch } from '../app/process.ts';
import { type Owner, RELAY, Reloadable, SERVER } from '../app/reloading.ts';
import { Inspector, inspectedAt } from './inspector.ts';

/** A lease is short, and is forgotten soon after its end: the table comes to a size and stays there. */
const LIFETIME_SEC = 30;
/** Where the clients are that come once. */
export const OTHER_RELAY = '127.0.0.4';

export interface SoakedServer {
  readonly name: string;
  readonly server: Reloadable;
  readonly controlPort: number;
  readonly inspector: Inspector;
}

export interface Soaked {
  readonly servers: readonly SoakedServer[];
  readonly relayPort: number;
}

/** Everything that a server does by itself now and then, it does often here. */
function dhcp4(directory: string, controlPort: number): Record<string, unknown> {
  return {
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': controlPort },
    ],
    'lease-database': { type: 'memfile', name: join(directory, 'leases.csv'), 'lfc-interval': 60 },
    'valid-lifetime': LIFETIME_SEC,
    'expired-leases-processing': { 'reclaim-timer-wait-time': 1, 'hold-reclaimed-time': 5 },
    subnet4: [{ ...SUBNET, relay: { 'ip-addresses': [RELAY, OTHER_RELAY] } }],
  };
}

/** @param start starts a server with the configuration that it is given */
async function begin(
  owner: Owner,
  name: string,
  start: (directory: string, dhcp4: Record<string, unknown>) => Promise<Reloadable>,
): Promise<SoakedServer> {
  const directory = scratch(owner);
  const controlPort = await findFreeTcpPort(SERVER);
  const inspectorPort = await findFreeTcpPort(SERVER);
  // What is started inherits it.
  process.env['NODE_OPTIONS'] = inspectedAt(inspectorPort);
  const server = await start(directory, dhcp4(directory, controlPort)).finally(() => {
    delete process.env['NODE_OPTIONS'];
  });
  const inspector = await Inspector.open(inspectorPort);
  owner.teardown(() => inspector.close());
  return { name, server, controlPort, inspector };
}

/** Starts one server, without a partner. */
export async function startOne(owner: Owner): Promise<Soaked> {
  const relayPort = await findFreeUdpPort(RELAY);
  const server = await begin(owner, 'server', (directory, config) =>
    Reloadable.start(owner, directory, config, undefined, relayPort),
  );
  return { servers: [server], relayPort };
}

/** Starts a pair in hot-standby, and waits until it works as one. */
export async function startPair(owner: Owner): Promise<Soaked> {
  const pair = await Pair.prepare(owner);
  const servers: SoakedServer[] = [];
  for (const name of NAMES)
    servers.push(
      await begin(owner, name, async (directory, config) => {
        await pair.begin(owner, name, { dhcp4: config }, directory);
        return pair.get(name);
      }),
    );
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  return { servers, relayPort: pair.relayPort };
}
