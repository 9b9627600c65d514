/**
 * What a reload does to the leases. Another lease file means another set of leases, as in Kea: it is loaded beside the
 * old one and takes its place at once. A table that has become too small, or is to be smaller, moves to other memory.
 */
import type { LeaseDatabaseConfig, ServerConfig } from '../../config/model.ts';
import { arenaBytes } from '../../lease/arena.ts';
import { LeaseBook } from '../../lease/dhcp4/book.ts';
import { allocateLeaseTable, type LeaseTableMemory } from '../../lease/dhcp4/layout.ts';
import { copyLeaseTable } from '../../lease/dhcp4/table-copy.ts';
import { allocatePools } from '../../lease/pool.ts';
import { keepsContexts, leaseCapacity } from '../memory.ts';
import { loadLeases } from './lease-files.ts';
import type { LeasesParts } from './leases.ts';
import { isSameFile, type LeaseFile, leaseFileOf } from './storage.ts';

export class LeaseChange {
  readonly #parts: LeasesParts;
  readonly #before: LeaseFile;
  readonly #after: LeaseFile;
  readonly #config: ServerConfig;
  #loaded: LeaseTableMemory | null = null;
  #unlock: (() => void) | null = null;
  #cleanupDue = false;

  private constructor(parts: LeasesParts, before: LeaseFile, config: ServerConfig) {
    this.#parts = parts;
    this.#before = before;
    this.#after = leaseFileOf(config);
    this.#config = config;
  }

  /**
   * Loads what is to be loaded, while the server works by the old configuration.
   * @throws an Error that says what is wrong with the lease file; nothing has changed
   */
  static async prepare(parts: LeasesParts, before: LeaseFile, config: ServerConfig): Promise<LeaseChange> {
    const change = new LeaseChange(parts, before, config);
    try {
      await change.#load();
      return change;
    } catch (error) {
      change.abandon();
      throw error;
    }
  }

  /** Whether the server will have other leases than before: those of another file. */
  get isOtherLeases(): boolean {
    return this.#loaded !== null;
  }

  /** Whether the journal has to end its work first: it is to write elsewhere, or in another way. */
  get endsJournal(): boolean {
    const { database, fdatasync } = this.#before;
    const { persist } = this.#after.database;
    return this.isOtherLeases || persist !== database.persist || fdatasync !== this.#after.fdatasync;
  }

  /**
   * The table to work with from now on, with everything that the one of now holds; to be called while no shard runs.
   * @throws an Error when it has no room for that; nothing has changed
   */
  table(): LeaseTableMemory {
    if (this.#loaded !== null) return this.#loaded;
    const { table } = this.#parts.memory.book;
    const wanted = leaseCapacity(this.#config);
    const isAsked = this.#config.tandem.maxLeases > 0;
    const isRight = wanted === table.capacity || (wanted < table.capacity && !isAsked);
    const keeps = keepsContexts(this.#config);
    if (isRight && table.arena.byteLength >= arenaBytes(wanted, keeps)) return table;
    const moved = allocateLeaseTable(isRight ? table.capacity : wanted, keeps);
    if (copyLeaseTable(table, moved)) return moved;
    throw new Error(
      `the lease table holds more than user-context.tandem.max-leases allows (${wanted}): raise it, or leave it out`,
    );
  }

  /** The journal goes on by the new configuration; after `Storage.drain` where `endsJournal` is true. */
  commit(): void {
    const { storage, log } = this.#parts;
    if (this.endsJournal) storage.switchTo(this.#after, this.#unlock, this.#cleanupDue);
    else storage.retime(this.#after);
    this.#unlock = null;
    if (this.isOtherLeases) log('TDM_ENGINE_LEASES_REPLACED', { file: this.#after.database.path });
  }

  /** Lets go of the other lease file. */
  abandon(): void {
    this.#unlock?.();
    this.#unlock = null;
  }

  async #load(): Promise<void> {
    const { memory, storage, clock, log } = this.#parts;
    const { database } = this.#after;
    if (!opensOtherFile(this.#before.database, database)) return;
    if (this.#before.database.persist && isSameFile(this.#before.database.path, database.path))
      throw new Error(`${database.path} is another name of the lease file in use: keep the name that it has`);
    this.#unlock = await storage.reserve(database.path);
    const table = allocateLeaseTable(leaseCapacity(this.#config), keepsContexts(this.#config));
    const book = new LeaseBook({ ...memory.book, table, pools: allocatePools([]) });
    this.#cleanupDue = loadLeases(this.#config, book, clock, log);
    this.#loaded = table;
  }
}

/** Without a file the leases of now stay in memory: there is no other set that could take their place. */
function opensOtherFile(before: LeaseDatabaseConfig, after: LeaseDatabaseConfig): boolean {
  return after.persist && (!before.persist || before.path !== after.path);
}
