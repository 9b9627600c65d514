/** A Query as a shard would see it, from any source and on any kind of socket; no kernel takes part. */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Query, type RawLink, type ServerSocket } from '../../src/engine/query.ts';
import { INPUT_OFFSET } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';

/** Descriptors of the sockets of an interface, to tell which of them an answer leaves from. */
export const UNICAST_FD = 11;
export const BROADCAST_FD = 12;

export interface Arrival {
  /** Source address; absent = 0.0.0.0, a client that has none. */
  readonly from?: string;
  readonly fromPort?: number;
  /** It came in on the socket that hears broadcasts. */
  readonly isBroadcast?: boolean;
  /** Through a packet socket. */
  readonly raw?: RawLink;
  /** Link-layer address of the sender. */
  readonly station?: readonly number[];
}

/** The query of a well-formed datagram. */
export function queryOf(datagram: Uint8Array, arrival: Arrival = {}): Query {
  const classifier = new Classifier();
  classifier.bytes.set(datagram, INPUT_OFFSET);
  classifier.setLength(0, datagram.length);
  classifier.classify(1);
  const socket: ServerSocket = {
    fd: arrival.isBroadcast === true ? BROADCAST_FD : UNICAST_FD,
    address: parseIpv4('10.0.0.1')!,
    interfaceName: 'eth0',
    broadcast: arrival.isBroadcast === true,
    replyFd: UNICAST_FD,
    broadcastFd: BROADCAST_FD,
    joinMax: 0,
    raw: arrival.raw ?? null,
  };
  const query = new Query(classifier.bytes, classifier.words);
  const source = parseIpv4(arrival.from ?? '0.0.0.0')!;
  query.point(0, INPUT_OFFSET, socket, source, arrival.fromPort ?? 68);
  query.station.set(arrival.station ?? []);
  return query;
}
