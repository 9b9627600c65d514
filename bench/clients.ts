/** Client identifiers and queries that the micro benchmarks work on. */

import { MessageType } from '../src/dhcp4/codes.ts';
import { QUERY_BYTES, QueryWriter } from '../src/load/dhcp4/query.ts';
import { writeHardwareAddress } from '../src/load/identity.ts';

/** 01 and a hardware address. */
export const CLIENT_ID_BYTES = 7;
const SEED = 7;
const RELAY = 0x7f000003;

/** The client identifiers of clients 0..count-1, one after the other. */
export function createClientIds(count: number): Uint8Array {
  const ids = new Uint8Array(count * CLIENT_ID_BYTES);
  for (let client = 0; client < count; client++) {
    ids[client * CLIENT_ID_BYTES] = 1;
    writeHardwareAddress(ids, client * CLIENT_ID_BYTES + 1, SEED, client);
  }
  return ids;
}

/** A DISCOVER, or a REQUEST for `address`, of one client behind the relay 127.0.0.3. */
export function createQuery(client: number, messageType: number, address = 0): Uint8Array {
  const bytes = new Uint8Array(QUERY_BYTES);
  const serverIdentifier = messageType === MessageType.request ? 0x7f000001 : 0;
  new QueryWriter(RELAY, SEED).write(bytes, 0, messageType, {
    xid: client,
    client,
    secs: 0,
    ciaddr: 0,
    requestedAddress: address,
    serverIdentifier,
  });
  return bytes;
}
