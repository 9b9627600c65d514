/** Finding a client's lease and renewing it, or making it: the shared lease table against a plain Map of objects. */
import { allocateLeaseTable } from '../src/lease/dhcp4/layout.ts';
import { LeaseTable } from '../src/lease/dhcp4/table.ts';
import { CLIENT_ID_BYTES, createClientIds } from './clients.ts';
import { type Contender, compare, createRandom, DIGEST_SEED, fold, folding, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const FIRST_ADDRESS = 0x0a010000;
const SUBNET = 1;
const ETHERNET = 1;
const LEASE_SEC = 3600;
const NOW_SEC = 1_700_000_000;
const RANDOM_SEED = 0x5eed;

/** Finds or makes the lease of the client whose identifier begins at `from`; returns its address. */
type Upsert = (from: number, nowSec: number) => number;

export const table: Bench = {
  name: 'table',
  question:
    'What does it cost to find a lease by client identifier and to renew it, in random order, a third of the clients being new?',
  run: ({ scale }) => {
    const clients = sizeOf(scale, 1000, 300_000);
    const ids = createClientIds(clients);
    const order = createOrder(clients, clients * 3);
    const contender = (name: string, create: () => Upsert): Contender => {
      let upsert = create();
      const work = (): number => {
        let digest = DIGEST_SEED;
        for (let i = 0; i < order.length; i++)
          digest = fold(digest, upsert(order[i]! * CLIENT_ID_BYTES, NOW_SEC + i));
        return digest;
      };
      return folding(name, work, () => {
        upsert = create();
      });
    };
    return compare(
      {
        operations: order.length,
        sameDigest: true,
        contenders: [
          contender('lease table, seen by every thread', () => upsertTable(ids, clients)),
          contender('Map of objects, seen by one thread', () => upsertMap(ids)),
        ],
      },
      scale,
    );
  },
};

function upsertTable(ids: Uint8Array, clients: number): Upsert {
  const leases = new LeaseTable(allocateLeaseTable(clients));
  const hw = { bytes: ids, offset: 0, length: CLIENT_ID_BYTES - 1 };
  const clientId = { bytes: ids, offset: 0, length: CLIENT_ID_BYTES };
  const none = { bytes: ids, offset: 0, length: 0 };
  let next = FIRST_ADDRESS;
  return (from, nowSec) => {
    leases.lock();
    let slot = leases.findByClientId(ids, from, CLIENT_ID_BYTES, 0);
    if (slot < 0) {
      slot = leases.insert(next++);
      hw.offset = from + 1;
      clientId.offset = from;
      leases.setClient(slot, ETHERNET, hw, clientId, none, none);
    }
    leases.rows.setTimes(slot, nowSec, LEASE_SEC);
    const address = leases.rows.address(slot);
    leases.unlock();
    return address;
  };
}

function upsertMap(ids: Uint8Array): Upsert {
  const leases = new Map<string, { address: number; hw: Uint8Array; subnetId: number; endSec: number }>();
  let next = FIRST_ADDRESS;
  return (from, nowSec) => {
    let key = '';
    for (let i = from; i < from + CLIENT_ID_BYTES; i++) key += String.fromCharCode(ids[i]!);
    const found = leases.get(key);
    if (found !== undefined) {
      found.endSec = nowSec + LEASE_SEC;
      return found.address;
    }
    const hw = ids.slice(from + 1, from + CLIENT_ID_BYTES);
    leases.set(key, { address: next, hw, subnetId: SUBNET, endSec: nowSec + LEASE_SEC });
    return next++;
  };
}

/** Clients in an order that no cache can foresee. */
function createOrder(clients: number, length: number): Uint32Array {
  const random = createRandom(RANDOM_SEED);
  return Uint32Array.from({ length }, () => random() % clients);
}
