/** The disk under the lease file is full: no lease is acknowledged that is not on it, and service comes back with space. */
import { join } from 'node:path';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { captureReplies } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT } from './configuration.ts';
import { acknowledgedLeases, findMissing } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { startPerfdhcp } from './perfdhcp.ts';
import { createServer, SUBJECT } from './server.ts';
import { SmallDisk } from './small-disk.ts';
import { until } from './waiting.ts';

/** Room for about 1,500 rows beside the filler. */
const FREE_BYTES = 128 << 10;
const LOAD = { target: ADDRESS.server1, local: ADDRESS.load, rate: 500, seconds: 40, clients: 60_000 };
const ACKNOWLEDGED_AFTER_RELIEF = 500;

t.test(
  'with a full disk nothing is acknowledged that is not stored, and relief restores the service',
  async (t) => {
    if (!needRootAnd(t, ['ip', 'perfdhcp', 'tcpdump', 'mount', 'umount'])) return;
    const directory = temporaryDirectory(t);
    const disk = new SmallDisk(t);
    const network = createNetwork(t, serversSegment());
    const server = createServer(network, SUBJECT, {
      name: 'server1',
      directory,
      mode: null,
      leaseDirectory: disk.directory,
    });
    await server.start();
    const file = join(directory, 'replies.pcap');
    const capture = await captureReplies(network, 'load', SERVERS_SEGMENT, file, { isWatched: true });
    const acknowledgements = (): number => capture.replies().filter(({ type }) => type === 'ack').length;
    disk.fill(FREE_BYTES);
    const load = startPerfdhcp(network, 'load', LOAD);
    await until({ what: 'the disk is full', timeoutMs: 20_000 }, () =>
      disk.freeBytes() === 0 ? true : null,
    );
    const whenFull = await untilSilent(acknowledgements);
    t.ok(whenFull > 0, `${whenFull} acknowledgements before the disk was full`);
    t.same(
      findMissing(acknowledgedLeases(capture.replies()), server.leases()),
      [],
      'all of them are on disk',
    );

    disk.relieve();
    await until({ what: 'service after relief', timeoutMs: 15_000, pollMs: 100 }, () =>
      acknowledgements() >= whenFull + ACKNOWLEDGED_AFTER_RELIEF ? true : null,
    );
    await load.program.stop('SIGINT');
    t.same(await server.stop(), { code: 0, signal: null });
    t.same(
      findMissing(acknowledgedLeases(await capture.stop()), server.leases()),
      [],
      'all leases are on disk',
    );
    t.same(server.leases().badRows, [], 'no row was torn by the full disk');
  },
);

/** Resolves with the count when no acknowledgement has come for a second. */
function untilSilent(acknowledgements: () => number): Promise<number> {
  let last = -1;
  let since = performance.now();
  return until({ what: 'silence while the disk is full', timeoutMs: 10_000, pollMs: 100 }, () => {
    const count = acknowledgements();
    if (count !== last) {
      last = count;
      since = performance.now();
    }
    return performance.now() - since >= 1000 ? count : null;
  });
}
