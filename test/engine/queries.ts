/** The queries that clients of the tests send to a BenchServer, and what they look at afterwards. */
import { MessageType } from '../../src/dhcp4/codes.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { type BenchOptions, BenchServer } from './bench-server.ts';
import { ip, packet, type Reply } from './packets.ts';

/** The server identifier of a BenchServer. */
export const SERVER = ip('127.0.0.1');

export type Options = readonly (readonly [number, readonly number[]])[];

export function serverFor(
  t: { teardown: (done: () => void) => void },
  dhcp4: Record<string, unknown> = {},
  options: BenchOptions = {},
): BenchServer {
  const server = new BenchServer(dhcp4, options);
  t.teardown(() => server.close());
  return server;
}

/** The hardware address of client number 0..2^24-1. */
export function mac(client: number): string {
  const octets = [0x02, 0, 0, client >>> 16, (client >>> 8) & 255, client & 255];
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}

export function discover(client: number, options: Options = []): Uint8Array {
  return packet({ mac: mac(client), options });
}

/** A REQUEST in SELECTING. */
export function request(client: number, address: string, options: Options = []): Uint8Array {
  const selecting: Options = [[50, ip(address)], [54, SERVER], ...options];
  return packet({ type: MessageType.request, mac: mac(client), options: selecting });
}

export function renew(client: number, address: string, options: Options = []): Uint8Array {
  return packet({ type: MessageType.request, mac: mac(client), ciaddr: address, options });
}

export function release(client: number, address: string, giaddr = '127.0.0.1'): Uint8Array {
  return packet({ type: MessageType.release, mac: mac(client), ciaddr: address, giaddr });
}

export function decline(client: number, address: string, giaddr = '127.0.0.1'): Uint8Array {
  return packet({ type: MessageType.decline, mac: mac(client), giaddr, options: [[50, ip(address)]] });
}

/** A whole exchange; the ACK. */
export function lease(server: BenchServer, client: number, options: Options = []): Reply {
  const offer = server.ask(discover(client, options))!;
  return server.ask(request(client, offer.yiaddr, options))!;
}

/** Rows in the states that count as assigned, of one subnet or of all. */
export function countAssigned(server: BenchServer, subnetId: number | null = null): number {
  const { rows } = server.book.table;
  let count = 0;
  for (let slot = 0; slot < server.book.table.highWater(); slot++) {
    const state = rows.state(slot);
    const isAssigned = state === LeaseState.assigned || state === LeaseState.declined;
    const isOfSubnet = subnetId === null || rows.subnetId(slot) === subnetId;
    if (rows.address(slot) !== 0 && isAssigned && isOfSubnet) count++;
  }
  return count;
}
