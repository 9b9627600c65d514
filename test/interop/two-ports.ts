/** The two ports that answers of a server come to: a relay's, and that of clients which are answered without a relay. */
import { createSocket, type Socket } from 'node:dgram';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { openUdpSocket } from '../../src/io/udp.ts';
import type { Network } from './network.ts';

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BOOTREPLY = 2;
const XID_OFFSET = 4;
const TIMEOUT_MS = 20_000;

/** An answer, and the port that it came to. */
export interface Heard {
  readonly datagram: Uint8Array;
  readonly port: number;
}

/** Who asks: each has a socket. */
export type Asker = 'relay' | 'client';

export interface TwoPorts {
  /**
   * Puts a query. Silence is told from slowness without a clock: behind it goes one that is always answered, and answers keep
   * their order.
   * @param by the socket that it leaves by
   * @param pair the query and the one behind it, with transaction ids of their own
   * @param what names the query in the error
   * @returns the answer, null for silence. @throws Error when what was put behind the query is not answered
   */
  ask(by: Asker, target: string, pair: Pair, what: string, timeoutMs?: number): Promise<Heard | null>;
  close(): void;
}

export type Pair = readonly [query: Uint8Array, behind: Uint8Array];

/**
 * Opens both on a host. A program for each question would take longer to start than to ask.
 * @param relayAddress of the relay; clients have all
 */
export function openTwoPorts(network: Network, host: string, relayAddress: string): TwoPorts {
  const sockets = {
    client: adopt('udp4', openOn('0.0.0.0', CLIENT_PORT)),
    relay: adopt('udp4', openOn(relayAddress, SERVER_PORT)),
  };
  function openOn(address: string, port: number): number {
    const options = { address: parseIpv4(address)!, port, broadcast: true };
    return network.inside(host, () => openUdpSocket(options));
  }
  // A broadcast comes back to who has sent it.
  const isReply = (datagram: Uint8Array): boolean => datagram[0] === BOOTREPLY;
  return pairUp(sockets, { serverPort: SERVER_PORT, isReply, xidOf });
}

/** Has node read an open socket. */
export function adopt(kind: 'udp4' | 'udp6', fd: number): Socket {
  return createSocket(kind).bind({ fd, exclusive: true });
}

/** What pairs of a family of DHCP are told apart by. */
export interface PairRules {
  readonly serverPort: number;
  readonly isReply: (datagram: Uint8Array) => boolean;
  /** Transaction id, of queries and of replies. */
  readonly xidOf: (datagram: Uint8Array) => number;
}

/** Asks by two sockets; they are closed with it. */
export function pairUp(
  sockets: Readonly<Record<Asker, Socket>>,
  { serverPort, isReply, xidOf }: PairRules,
): TwoPorts {
  /** Of the pair that is under way. */
  let take = (_heard: Heard): void => {};
  for (const socket of Object.values(sockets))
    socket.on('message', (datagram) => {
      if (isReply(datagram)) take({ datagram: Uint8Array.from(datagram), port: socket.address().port });
    });
  return {
    ask: (by, target, [query, behind], what, timeoutMs = TIMEOUT_MS) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no answer behind ${what}`)), timeoutMs);
        let answer: Heard | null = null;
        const done = (): void => {
          clearTimeout(late);
          resolve(answer);
        };
        take = (heard) => {
          const xid = xidOf(heard.datagram);
          if (xid === xidOf(query)) answer = heard;
          // What came before it to the other socket may be read after it: all that is there is read first.
          if (xid === xidOf(behind)) setImmediate(() => setImmediate(done));
        };
        for (const datagram of [query, behind]) sockets[by].send(datagram, serverPort, target);
      }),
    close: () => {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

function xidOf(datagram: Uint8Array): number {
  return new DataView(datagram.buffer, datagram.byteOffset).getUint32(XID_OFFSET);
}
