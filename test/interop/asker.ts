/** Puts queries to a server one by one. */
import type { Network } from './network.ts';
import { openTwoPorts, type Pair } from './two-ports.ts';

const BROADCAST = '255.255.255.255';

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
  timeoutMs?: number,
): Promise<(Uint8Array | null)[]> {
  const ports = openTwoPorts(network, host, address);
  const by = target === BROADCAST ? 'client' : 'relay';
  try {
    const answers: (Uint8Array | null)[] = [];
    for (const [at, pair] of pairs.entries())
      answers.push((await ports.ask(by, target, pair, `query ${at}`, timeoutMs))?.datagram ?? null);
    return answers;
  } finally {
    ports.close();
  }
}
