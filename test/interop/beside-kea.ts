/** A Kea and Tandem side by side on one segment, each with leases of its own, for tests that compare them. */
import type { Test } from 'tap';
import type { KeaKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';

/** Both with one configuration: the Kea as server1, Tandem as server2; neither is started. */
export function besideKea(t: Test, version: KeaKind, dhcp4: Readonly<Record<string, unknown>>) {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, serversSegment());
  const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4 });
  const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
  return { directory, network, kea, own };
}
