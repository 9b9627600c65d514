/**
 * The sockets of one shard in shared memory, so that main can give a running shard others: it closes a descriptor only
 * when no shard works with it any more.
 *
 *     i32 count | entry ...      entry = i32 fd | u32 address | i32 broadcast | i32 replyFd | i32 broadcastFd
 *                                        | i32 mtu, 0 = UDP | i32 port | i32 shadowFd | i32 joinMax | 16 octets name
 *
 *     main    writes the table, ShardWord.socketsGiven = version, signals the eventfd
 *     shard   reads the table between two turns, ShardWord.socketsTaken = version, notifies
 *
 * Main writes only when the version before was taken, so nobody reads what is being written.
 */
import { assert } from '../../base/assert.ts';
import type { ServerSocket } from '../../engine/query.ts';

/** For each address and for the broadcasts of each interface. */
export const SOCKETS_MAX = 2048;
/** With its terminator; <linux/if.h>. */
const NAME_BYTES = 16;
const NAME_WORD = 9;
const ENTRY_WORDS = NAME_WORD + NAME_BYTES / 4;

export function allocateSocketTable(): SharedArrayBuffer {
  return new SharedArrayBuffer((1 + SOCKETS_MAX * ENTRY_WORDS) * 4);
}

export function writeSocketTable(table: SharedArrayBuffer, sockets: readonly ServerSocket[]): void {
  assert(sockets.length <= SOCKETS_MAX, 'the sockets of a shard fit the table');
  const words = new Int32Array(table);
  const bytes = new Uint8Array(table);
  const encoder = new TextEncoder();
  words[0] = sockets.length;
  for (let i = 0; i < sockets.length; i++) {
    const { fd, address, broadcast, replyFd, broadcastFd, joinMax, raw, interfaceName } = sockets[i]!;
    const at = 1 + i * ENTRY_WORDS;
    words[at] = fd;
    words[at + 1] = address;
    words[at + 2] = broadcast ? 1 : 0;
    words[at + 3] = replyFd;
    words[at + 4] = broadcastFd;
    words[at + 5] = raw === null ? 0 : raw.mtu;
    words[at + 6] = raw === null ? 0 : raw.port;
    words[at + 7] = raw === null ? 0 : raw.shadowFd;
    words[at + 8] = joinMax;
    const name = encoder.encode(interfaceName);
    assert(name.length < NAME_BYTES, 'the name of an interface');
    bytes.fill(0, (at + NAME_WORD) * 4, (at + ENTRY_WORDS) * 4);
    bytes.set(name, (at + NAME_WORD) * 4);
  }
}

export function readSocketTable(table: SharedArrayBuffer): ServerSocket[] {
  const words = new Int32Array(table);
  const decoder = new TextDecoder();
  const sockets: ServerSocket[] = [];
  for (let i = 0; i < words[0]!; i++) {
    const at = 1 + i * ENTRY_WORDS;
    // Text is decoded from memory of one thread only.
    const name = new Uint8Array(table, (at + NAME_WORD) * 4, NAME_BYTES).slice();
    const mtu = words[at + 5]!;
    sockets.push({
      fd: words[at]!,
      address: words[at + 1]! >>> 0,
      broadcast: words[at + 2] !== 0,
      replyFd: words[at + 3]!,
      broadcastFd: words[at + 4]!,
      joinMax: words[at + 8]!,
      raw: mtu === 0 ? null : { mtu, port: words[at + 6]!, shadowFd: words[at + 7]! },
      interfaceName: decoder.decode(name.subarray(0, name.indexOf(0))),
    });
  }
  return sockets;
}
