/**
 * What the backups of a relationship must have: whatever a server has told a client of, unless that server has ended since with what
 * was still in its memory, or said that updates were lost.
 */
import type { OwnedLease } from './family.ts';
import type { Holding } from './leases-held.ts';
import type { Relationship } from './relationship.ts';

const US_PER_SEC = 1e6;
/** A backup that can be reached again is asked once a heartbeat, and has everything then. */
const DUE_US = 25e6;
/** Between what a client counts from and what a server does. */
const ROUNDING_SEC = 1;

/** A lease that a client was told of. */
interface Debt {
  readonly giver: number;
  readonly address: string;
  readonly owner: string;
  readonly untilSec: number;
  readonly atUs: number;
  /** The backup may go without it until it synchronizes. */
  isForgiven: boolean;
}

export interface MissingLease {
  readonly backup: number;
  readonly text: string;
  readonly address: string;
}

export interface BackupKnowledgeParts {
  readonly nowUs: () => number;
  readonly relationship: Relationship;
  readonly names: readonly string[];
  readonly filed: readonly { at(address: string): OwnedLease | undefined }[];
  /** Whether a server can send its updates to another one. */
  isJoined(from: number, to: number): boolean;
  /** Whether those that give leases work normally, and so have the same. */
  areNormal(): boolean;
}

class BackupState {
  /** The last one of each address. */
  readonly debts = new Map<string, Debt>();
  /** Servers that have said that their updates fail. */
  readonly troubled = new Set<number>();
  /** When each server could not reach it last. */
  readonly awayUs = new Map<number, number>();
  /** What was told before was on a disk that is gone. */
  blankUntilUs = 0;
  syncSinceUs = 0;
  newDiskUs = Number.NEGATIVE_INFINITY;
  hasLacked = false;
}

export class BackupKnowledge {
  readonly #parts: BackupKnowledgeParts;
  readonly #backups: ReadonlyMap<number, BackupState>;
  /** Updates that servers said to have lost. */
  lost = 0;

  constructor(parts: BackupKnowledgeParts) {
    this.#parts = parts;
    this.#backups = new Map(parts.relationship.backups.map((index) => [index, new BackupState()]));
  }

  isBackup(index: number): boolean {
    return this.#backups.has(index);
  }

  /** A client is told of a lease. */
  told(giver: number, lease: Pick<Debt, 'address' | 'owner' | 'untilSec'>): void {
    for (const [index, { debts }] of this.#backups) {
      const debt = { ...lease, giver, atUs: this.#parts.nowUs(), isForgiven: false };
      if (index !== giver && !this.#isPaid(index, debt)) debts.set(lease.address, debt);
    }
  }

  /** A process has ended: what waited in its memory reaches nobody. */
  ended(server: number): void {
    for (const backup of this.#backups.values()) {
      forgive(backup, server);
      backup.troubled.delete(server);
    }
  }

  losesDisk(server: number): void {
    const backup = this.#backups.get(server);
    if (backup === undefined) return;
    backup.blankUntilUs = this.#parts.nowUs();
    backup.newDiskUs = this.#parts.nowUs();
    backup.hasLacked = true;
    for (const debt of backup.debts.values()) debt.isForgiven = true;
  }

  /** What a server logs. */
  hears(server: number, id: string, fields: Readonly<Record<string, unknown>>): void {
    const { nowUs, names, areNormal } = this.#parts;
    const addressed = this.#backups.get(names.indexOf(String(fields['backup'])));
    if (id === 'TDM_PEER_BACKUP_LOST') addressed!.troubled.add(server);
    if (id === 'TDM_PEER_BACKUP_BACK') {
      addressed!.troubled.delete(server);
      this.lost += Number(fields['lost']);
      if (fields['lost'] !== 0) forgive(addressed!, server);
    }
    const own = this.#backups.get(server);
    if (id === 'TDM_HA_SYNC_STARTED' && own !== undefined) own.syncSinceUs = nowUs();
    if (id === 'TDM_HA_SYNC_SUCCEEDED' && own !== undefined)
      learn(own, areNormal() ? null : names.indexOf(String(fields['source'])));
  }

  /** By what a backup was told it need not have a lease. */
  mayLack(index: number, address: string, owner: string, atUs: number): boolean {
    const { debts, blankUntilUs } = this.#backups.get(index)!;
    const debt = debts.get(address);
    return (debt?.owner === owner && debt.isForgiven) || atUs < blankUntilUs;
  }

  couldNotKnow(server: string, { address, owner, atUs }: Holding): boolean {
    return this.mayLack(this.#parts.names.indexOf(server), address, owner, atUs);
  }

  /** Whether a backup has had a new disk for no longer than that. */
  hasNewDisk(index: number, forUs: number): boolean {
    return this.#parts.nowUs() - this.#backups.get(index)!.newDiskUs < forUs;
  }

  /** Whether updates for a backup were ever lost. */
  hasLacked(index: number): boolean {
    return this.#backups.get(index)!.hasLacked;
  }

  /** Whether a backup may lack anything. */
  isIncomplete(index: number): boolean {
    const { debts, blankUntilUs } = this.#backups.get(index)!;
    return blankUntilUs > 0 || [...debts.values()].some((debt) => !this.#isPaid(index, debt));
  }

  /** What backups should have by now and have not. @param isHeld whether that is somebody's still */
  overdue(isHeld: (owner: string, address: string) => boolean): MissingLease[] {
    const missing: MissingLease[] = [];
    for (const [index, backup] of this.#backups) {
      this.#look(index, backup);
      for (const debt of backup.debts.values()) {
        const { address, owner, giver, untilSec } = debt;
        if (this.#isPaid(index, debt) || !isHeld(owner, address)) backup.debts.delete(address);
        else if (!debt.isForgiven && this.#isDue(backup, debt)) {
          const found = this.#parts.filed[index]!.at(address);
          const has = found === undefined ? 'nobody' : `${found.owner} until ${found.untilSec}`;
          const text = `${this.#parts.names[index]} has ${has} at ${address}, which ${this.#parts.names[giver]} gave ${owner} until ${untilSec}, ${Math.round((this.#parts.nowUs() - debt.atUs) / US_PER_SEC)} s ago`;
          missing.push({ backup: index, text, address });
          backup.debts.delete(address);
        }
      }
    }
    return missing;
  }

  #look(index: number, { awayUs }: BackupState): void {
    const { relationship, isJoined, nowUs } = this.#parts;
    for (const giver of relationship.active) if (!isJoined(giver, index)) awayUs.set(giver, nowUs());
  }

  #isDue({ troubled, awayUs }: BackupState, { giver, atUs }: Debt): boolean {
    const sinceUs = Math.max(atUs, awayUs.get(giver) ?? 0);
    return !troubled.has(giver) && this.#parts.nowUs() - sinceUs > DUE_US;
  }

  #isPaid(index: number, { address, owner, untilSec }: Debt): boolean {
    const found = this.#parts.filed[index]!.at(address);
    return found?.owner === owner && found.untilSec >= untilSec - ROUNDING_SEC;
  }
}

function forgive(backup: BackupState, giver: number): void {
  backup.hasLacked = true;
  for (const debt of backup.debts.values()) if (debt.giver === giver) debt.isForgiven = true;
}

/** It has what its source had when it began. @param source null = that was everything */
function learn(backup: BackupState, source: number | null): void {
  for (const [address, { giver, isForgiven, atUs }] of backup.debts)
    if (isForgiven && atUs < backup.syncSinceUs && (source === null || source === giver))
      backup.debts.delete(address);
  if (source === null) backup.blankUntilUs = 0;
}
