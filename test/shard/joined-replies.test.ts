/** A shard joins replies to one relay by the sockets that main allows it, and tells main where the kernel refuses. */
import t from 'tap';
import { JoinReports } from '../../src/app/sockets/join-reports.ts';
import { ShardWord } from '../../src/engine/parked/shard-link.ts';
import { Errno } from '../../src/io/libc.ts';
import { setInteger } from '../../src/io/socket-options.ts';
import type { Log } from '../../src/log/logger.ts';
import type { BenchServer } from '../engine/bench-server.ts';
import { discover, serverFor } from '../engine/queries.ts';

const SO_NO_CHECK = 11;
const CLIENTS = 20;
const SUBNET = {
  id: 1,
  subnet: '10.0.0.0/16',
  pools: [{ pool: '10.0.1.0/24' }],
  relay: { 'ip-addresses': ['127.0.0.1'] },
};

/** How many of a batch of queries are answered. */
function answered(server: BenchServer): number {
  for (let client = 0; client < CLIENTS; client++) server.post(discover(client));
  server.turn();
  return server.replies().length;
}

t.test('what the kernel refuses joined leaves one by one, and main says so in the log once', async (t) => {
  const server = serverFor(t, { subnet4: [SUBNET] });
  // Without checksums nothing can be joined.
  t.ok(setInteger(server.socket.replyFd, SO_NO_CHECK, 1));
  const logged: unknown[] = [];
  const addressOf = (replyFd: number): string =>
    replyFd === server.socket.replyFd ? '127.0.0.1' : 'another socket';
  const log: Log = (id, fields) => void logged.push({ id, ...fields });
  const reports = new JoinReports([server.link], addressOf, log);
  t.teardown(() => reports.close());
  reports.start();
  t.equal(answered(server), CLIENTS);
  t.equal(server.statistic('tandem-join-refused'), 0, 'main has not allowed it');

  const refusals = (): number => Atomics.load(new Int32Array(server.link.words), ShardWord.joinRefusals);
  const allowed = [{ ...server.socket, joinMax: 1472 }];
  for (const count of [1, 2]) {
    server.giveSockets(allowed);
    for (let batch = 0; batch < 3; batch++) t.equal(answered(server), CLIENTS);
    t.equal(server.statistic('tandem-join-refused'), count, 'tried once for each list of sockets');
    t.equal(refusals(), count);
    while (logged.length < count) await new Promise(setImmediate);
  }
  const line = { id: 'TDM_ENGINE_REPLIES_NOT_JOINED', address: '127.0.0.1', error: 'EINVAL', sockets: 1 };
  t.same(logged, [line, line]);
  t.equal(Errno.EINVAL, Atomics.load(new Int32Array(server.link.words), ShardWord.joinErrno));

  server.restart();
  t.equal(answered(server), CLIENTS);
  t.equal(server.statistic('tandem-join-refused'), 3, 'a new shard does not know');
  t.equal(refusals(), 3, 'and goes on counting');
});
