/**
 * The leases of a modelled Kea and its lease file: rows are written and never synced; the kernel does that half a minute later. A
 * process that is killed leaves them to its successor, a machine that loses its power does not.
 */
import { constants } from 'node:fs';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { Machine } from '../machine.ts';

export const ASSIGNED = 0;
export const DECLINED = 1;
const RECLAIMED = 2;
export const RELEASED = 3;

export interface KeaLease {
  readonly address: string;
  /** Empty = declined. */
  readonly hwAddress: string;
  readonly clttSec: number;
  readonly validSec: number;
  readonly state: number;
}

/** Who hears of rows. */
export interface LeaseListener {
  filed(lease: KeaLease): void;
  /** The disk has not taken it. */
  refused(row: string): void;
}

const HARDWARE_ADDRESS = /^(?:[0-9a-f]{2}(?::[0-9a-f]{2})*)?$/;
const WRITEBACK_US = 30e6;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n';

export class KeaLeases {
  readonly #machine: Machine;
  readonly #fd: number;
  readonly #byAddress = new Map<string, KeaLease>();
  readonly #listener: LeaseListener;

  /** Loads what the file has. @throws Error of a disk on which nothing can be written */
  constructor(machine: Machine, path: string, listener: LeaseListener) {
    this.#listener = listener;
    this.#machine = machine;
    const text = machine.disk.text(path);
    this.#fd = machine.disk.openSync(path, constants.O_CREAT | constants.O_WRONLY);
    if (text === null || text === '') machine.disk.writeSync(this.#fd, HEADER);
    // Of a torn row something is read, or nothing: the next row is written behind it all the same.
    for (const row of (text ?? '').split('\n').slice(1)) this.#load(row.split(','));
    this.#writeBack();
  }

  #load([address = '', hwAddress = '', , valid, expire, , , , , state, , poolId]: readonly string[]): void {
    if (poolId === undefined || parseIpv4(address) === null || !HARDWARE_ADDRESS.test(hwAddress)) return;
    const validSec = Number(valid);
    if (validSec === 0) return void this.#byAddress.delete(address);
    const lease = { address, hwAddress, validSec, clttSec: Number(expire) - validSec, state: Number(state) };
    this.#byAddress.set(address, lease);
  }

  /** In the machine, not in the program: whatever has been written by then is on the disk for good. */
  #writeBack(): void {
    const { disk, world, life } = this.#machine;
    world.agenda.after(WRITEBACK_US, () => {
      if (this.#machine.life !== life) return;
      disk.writeBack();
      this.#writeBack();
    });
  }

  get nowSec(): number {
    return Math.floor(this.#machine.wallMs() / 1000);
  }

  get(address: string): KeaLease | undefined {
    return this.#byAddress.get(address);
  }

  isInForce({ state, clttSec, validSec }: KeaLease): boolean {
    return (state === ASSIGNED || state === DECLINED) && clttSec + validSec >= this.nowSec;
  }

  /** The lease that a client has or had. */
  of(hwAddress: string): KeaLease | undefined {
    return this.all().find((lease) => lease.hwAddress === hwAddress && this.isInForce(lease));
  }

  /** Ascending by address; whatever has ended is reclaimed, and what was declined is gone then. */
  all(): KeaLease[] {
    const found = [...this.#byAddress.values()].filter(
      (lease) => lease.state !== DECLINED || this.isInForce(lease),
    );
    const leases = found.map((lease) =>
      lease.state !== RELEASED && !this.isInForce(lease) ? { ...lease, state: RECLAIMED } : lease,
    );
    return leases.sort((a, b) => parseIpv4(a.address)! - parseIpv4(b.address)!);
  }

  /** @throws Error when the row cannot be written; then nothing has changed */
  put(lease: KeaLease): void {
    const { address, hwAddress, validSec, clttSec, state } = lease;
    this.#write(`${address},${hwAddress},,${validSec},${clttSec + validSec},1,0,0,,${state},,0\n`);
    this.#byAddress.set(address, lease);
    this.#listener.filed(lease);
  }

  /** @returns whether there was one. @throws Error as `put` */
  remove(address: string): boolean {
    const lease = this.#byAddress.get(address);
    if (lease === undefined) return false;
    this.#write(`${address},${lease.hwAddress},,0,${lease.clttSec},1,0,0,,${lease.state},,0\n`);
    this.#listener.filed({ ...lease, validSec: 0, state: RELEASED });
    return this.#byAddress.delete(address);
  }

  #write(row: string): void {
    try {
      this.#machine.disk.writeSync(this.#fd, row);
    } catch (error) {
      this.#listener.refused(row);
      throw error;
    }
  }
}
