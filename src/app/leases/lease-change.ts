/**
 * What a reload does to the leases. Another lease file means another set of leases, as in Kea: it is loaded beside the
 * old one and takes its place at once. A table that has become too small, or is to be smaller, moves to other memory.
 */
import type { CommonConfig, LeaseDatabaseConfig } from '../../config/model.ts';
import { arenaBytes } from '../../lease/arena.ts';
import type { Log } from '../../log/logger.ts';
import { isSameFile, type LeaseFile, leaseFileOf, type Storage } from './storage.ts';

/** What of the memory of a table is looked at here. */
export interface TableMemory {
  readonly capacity: number;
  readonly arena: SharedArrayBuffer;
}

/** The lease tables of a family. */
export interface LeaseTables<C, Table extends TableMemory> {
  /** The one in use. */
  current(): Table;
  /** Leases that a table is to have room for. */
  capacityFor(config: C): number;
  /** Whether every lease may come to have a user context. */
  keepsContexts(config: C): boolean;
  allocate(capacity: number, keepsContexts: boolean): Table;
  /** @returns false when the other table has no room for all of it */
  copy(from: Table, to: Table): boolean;
  /**
   * Loads the lease file into an empty table.
   * @returns whether a clean-up is due
   * @throws an Error that says what is wrong with the file
   */
  load(config: C, table: Table): boolean;
}

export interface LeaseChangeParts<C, Table extends TableMemory> {
  readonly tables: LeaseTables<C, Table>;
  readonly storage: Storage;
  readonly log: Log;
}

export class LeaseChange<C extends CommonConfig, Table extends TableMemory> {
  readonly #parts: LeaseChangeParts<C, Table>;
  readonly #before: LeaseFile;
  readonly #after: LeaseFile;
  readonly #config: C;
  #loaded: Table | null = null;
  #unlock: (() => void) | null = null;
  #cleanupDue = false;

  private constructor(parts: LeaseChangeParts<C, Table>, before: LeaseFile, config: C) {
    this.#parts = parts;
    this.#before = before;
    this.#after = leaseFileOf(config);
    this.#config = config;
  }

  /**
   * Loads what is to be loaded, while the server works by the old configuration.
   * @throws an Error that says what is wrong with the lease file; nothing has changed
   */
  static async prepare<C extends CommonConfig, Table extends TableMemory>(
    parts: LeaseChangeParts<C, Table>,
    before: LeaseFile,
    config: C,
  ): Promise<LeaseChange<C, Table>> {
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
  table(): Table {
    if (this.#loaded !== null) return this.#loaded;
    const { tables } = this.#parts;
    const table = tables.current();
    const wanted = tables.capacityFor(this.#config);
    const isAsked = this.#config.tandem.maxLeases > 0;
    const isRight = wanted === table.capacity || (wanted < table.capacity && !isAsked);
    const keeps = tables.keepsContexts(this.#config);
    if (isRight && table.arena.byteLength >= arenaBytes(wanted, keeps)) return table;
    const moved = tables.allocate(isRight ? table.capacity : wanted, keeps);
    if (tables.copy(table, moved)) return moved;
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
    const { storage, tables } = this.#parts;
    const { database } = this.#after;
    if (!opensOtherFile(this.#before.database, database)) return;
    if (this.#before.database.persist && isSameFile(this.#before.database.path, database.path))
      throw new Error(`${database.path} is another name of the lease file in use: keep the name that it has`);
    this.#unlock = await storage.reserve(database.path);
    const table = tables.allocate(tables.capacityFor(this.#config), tables.keepsContexts(this.#config));
    this.#cleanupDue = tables.load(this.#config, table);
    this.#loaded = table;
  }
}

/** Without a file the leases of now stay in memory: there is no other set that could take their place. */
function opensOtherFile(before: LeaseDatabaseConfig, after: LeaseDatabaseConfig): boolean {
  return after.persist && (!before.persist || before.path !== after.path);
}
