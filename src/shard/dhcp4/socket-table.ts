/**
 * The sockets of one shard in shared memory, so that main can give a running shard others: it closes a descriptor only
 * when no shard works with it any more.
 *
 *     i32 fd | u32 address | i32 broadcast | i32 replyFd | i32 broadcastFd | i32 mtu, 0 = UDP | i32 port | i32 shadowFd
 *     | i32 joinMax
 *
 *     main    writes the table, ShardWord.socketsGiven = version, signals the eventfd
 *     shard   reads the table between two turns, ShardWord.socketsTaken = version, notifies
 *
 * Main writes only when the version before was taken, so nobody reads what is being written.
 */
import type { ServerSocket } from '../../engine/query.ts';
import { NamedEntries } from '../named-entries.ts';

/** For each address and for the broadcasts of each interface. */
export const SOCKETS_MAX = 2048;
const WORDS = 9;
const entries = new NamedEntries(WORDS, SOCKETS_MAX);

export function allocateSocketTable(): SharedArrayBuffer {
  return entries.allocate();
}

export function writeSocketTable(table: SharedArrayBuffer, sockets: readonly ServerSocket[]): void {
  entries.write(
    table,
    sockets,
    (words, at, { fd, address, broadcast, replyFd, broadcastFd, joinMax, raw }) => {
      words[at] = fd;
      words[at + 1] = address;
      words[at + 2] = broadcast ? 1 : 0;
      words[at + 3] = replyFd;
      words[at + 4] = broadcastFd;
      words[at + 5] = raw === null ? 0 : raw.mtu;
      words[at + 6] = raw === null ? 0 : raw.port;
      words[at + 7] = raw === null ? 0 : raw.shadowFd;
      words[at + 8] = joinMax;
    },
  );
}

export function readSocketTable(table: SharedArrayBuffer): ServerSocket[] {
  return entries.read(table, (words, at, interfaceName) => {
    const mtu = words[at + 5]!;
    return {
      fd: words[at]!,
      address: words[at + 1]! >>> 0,
      broadcast: words[at + 2] !== 0,
      replyFd: words[at + 3]!,
      broadcastFd: words[at + 4]!,
      joinMax: words[at + 8]!,
      raw: mtu === 0 ? null : { mtu, port: words[at + 6]!, shadowFd: words[at + 7]! },
      interfaceName,
    };
  });
}
