/** Leases of numbered clients, and lease files full of them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { LEASE_FILE_COLUMNS } from '../src/lease/dhcp4/csv.ts';
import { encodeLease } from '../src/lease/dhcp4/csv-lease.ts';
import { CLIENT_ID_BYTES, createClientIds } from './clients.ts';

/** Where the pools of the end-to-end configurations begin. */
const FIRST_ADDRESS = 0x0a010000;
const CHUNK_ROWS = 10_000;
/** Kea 2.2 knows no pools in its lease file. */
const KEA_22_COLUMNS = LEASE_FILE_COLUMNS.filter((column) => column !== 'pool_id');

/** The rows of clients 0..count-1, an address each. @param clttSec the moment of all of them, Unix seconds */
export function createRows(count: number, clttSec: number, validLifetimeSec: number): Uint8Array[] {
  const ids = createClientIds(count);
  return Array.from({ length: count }, (_, client) => {
    const clientId = ids.slice(client * CLIENT_ID_BYTES, (client + 1) * CLIENT_ID_BYTES);
    const row = encodeLease({
      address: FIRST_ADDRESS + client,
      hwAddress: clientId.slice(1),
      clientId,
      validLifetimeSec,
      clttSec,
      subnetId: 1,
      poolId: 0,
      fqdnFwd: false,
      fqdnRev: false,
      hostname: '',
      state: 0,
      userContext: '',
    });
    if (row === null) throw new Error(`no row for client ${client}`);
    return row;
  });
}

/** Writes a lease file as Tandem has it, or as Kea 2.2 has it: without the last column. */
export function writeLeaseFile(path: string, rows: readonly Uint8Array[], forKea: boolean): void {
  const fd = openSync(path, 'w', 0o640);
  writeSync(fd, `${(forKea ? KEA_22_COLUMNS : LEASE_FILE_COLUMNS).join(',')}\n`);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const chunk = Buffer.concat(rows.slice(from, from + CHUNK_ROWS));
    const text = chunk.toString('latin1');
    writeSync(fd, forKea ? text.replaceAll(',0\n', '\n') : text);
  }
  closeSync(fd);
}
