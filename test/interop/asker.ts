/**
 * Puts queries to a server one by one. Silence is told from slowness without a clock: behind each query goes one that is always
 * answered, and answers keep their order.
 */
import type { Network } from './network.ts';
import { openTwoPorts, SERVER_PORT } from './two-ports.ts';

const BROADCAST = '255.255.255.255';
const XID_OFFSET = 4;
const TIMEOUT_MS = 20_000;

/** A query and the one behind it, with transaction ids of their own. */
export type Pair = readonly [query: Uint8Array, behind: Uint8Array];

/**
 * @param from a host and an address of it
 * @param target 255.255.255.255 = asked as from a client; any other one = as from a relay
 * @returns an answer a query, null for silence
 * @throws Error when what was put behind a query is not answered
 */
export async function putQueries(
  network: Network,
  [host, address, target]: readonly [host: string, address: string, target: string],
  pairs: readonly Pair[],
  timeoutMs = TIMEOUT_MS,
): Promise<(Uint8Array | null)[]> {
  /** Of the pair that is under way. */
  let take = (_datagram: Buffer): void => {};
  const ports = openTwoPorts(network, host, address, (datagram) => take(datagram));
  const sender = target === BROADCAST ? ports.client : ports.relay;
  const put = ([query, behind]: Pair, at: number): Promise<Uint8Array | null> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no answer behind query ${at}`)), timeoutMs);
      let answer: Uint8Array | null = null;
      const done = (): void => {
        clearTimeout(late);
        resolve(answer);
      };
      take = (datagram) => {
        const xid = xidOf(datagram);
        if (xid === xidOf(query)) answer = Uint8Array.from(datagram);
        // What came before it to the other socket may be read after it: all that is there is read before the next phase.
        if (xid === xidOf(behind)) setImmediate(done);
      };
      for (const datagram of [query, behind]) sender.send(datagram, SERVER_PORT, target);
    });
  try {
    const answers: (Uint8Array | null)[] = [];
    for (const [at, pair] of pairs.entries()) answers.push(await put(pair, at));
    return answers;
  } finally {
    ports.close();
  }
}

function xidOf(datagram: Uint8Array): number {
  return new DataView(datagram.buffer, datagram.byteOffset).getUint32(XID_OFFSET);
}
