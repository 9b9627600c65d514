/**
 * The sockets of one shard in shared memory, so that main can give a running shard others: it closes a descriptor only
 * when no shard works with it any more.
 *
 *     i32 count | entry ...      entry = i32 fd | u32 address | i32 broadcast | i32 replyFd | i32 broadcastFd | 16 octets name
 *
 *     main    writes the table, ShardWord.socketsGiven = version, signals the eventfd
 *     shard   reads the table between two turns, ShardWord.socketsTaken = version, notifies
 *
 * Main writes only when the version before was taken, so nobody reads what is being written.
 */
import { assert } from '../base/assert.ts';
import type { ServerSocket } from '../engine/query.ts';

/** For each address and for the broadcasts of each interface. */
export const SOCKETS_MAX = 2048;
/** With its terminator; <linux/if.h>. */
const NAME_BYTES = 16;
const NAME_WORD = 5;
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
    const socket = sockets[i]!;
    const at = 1 + i * ENTRY_WORDS;
    words[at] = socket.fd;
    words[at + 1] = socket.address;
    words[at + 2] = socket.broadcast ? 1 : 0;
    words[at + 3] = socket.replyFd;
    words[at + 4] = socket.broadcastFd;
    const name = encoder.encode(socket.interfaceName);
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
    sockets.push({
      fd: words[at]!,
      address: words[at + 1]! >>> 0,
      broadcast: words[at + 2] !== 0,
      replyFd: words[at + 3]!,
      broadcastFd: words[at + 4]!,
      interfaceName: decoder.decode(name.subarray(0, name.indexOf(0))),
    });
  }
  return sockets;
}
