/** The state machine of a modelled Kea, and what it does when it goes from one state to another. */
import type { Appointment } from '../agenda.ts';
import type { Machine } from '../machine.ts';
import type { KeaLeases } from './leases.ts';
import type { PartnerLink } from './partner-link.ts';
import { LOCAL_ORIGIN, type ServiceSwitch } from './service-switch.ts';
import { FORGIVING_STATES, type KeaState, nextStep, SILENT_STATES, TELLING_STATES } from './states.ts';
import { synchronize } from './synchronization.ts';
import type { Change, Updates } from './updates.ts';

export interface HaSettings {
  readonly serverName: string;
  readonly partnerName: string;
  readonly mode: string;
  readonly isPrimary: boolean;
  readonly heartbeatDelayMs: number;
  readonly pageLimit: number;
}

export interface HaParts {
  readonly machine: Machine;
  readonly leases: KeaLeases;
  readonly service: ServiceSwitch;
  readonly link: PartnerLink;
  readonly updates: Updates;
  readonly log: (id: string, fields: Readonly<Record<string, unknown>>) => void;
}

const SYNC_ENDS = {
  complete: 'TDM_HA_SYNC_SUCCEEDED',
  partial: 'KEA_SYNC_PARTIAL',
  failed: 'TDM_HA_SYNC_FAILED',
} as const;
const SKEW_SEC_MAX = 60;
const REJECTED_MAX = 10;
const SYNC_HOLD_SEC = 60;

export class HighAvailability {
  readonly #parts: HaParts;
  readonly #settings: HaSettings;
  state: KeaState = 'waiting';
  /** Before a maintenance. */
  #before: KeaState = 'waiting';
  scopes: readonly string[] = [];
  #timer: Appointment | null = null;
  /** A step that takes its time. */
  #isBusy = false;
  /** The partner has synchronized: the next heartbeat says how it goes on. */
  #isPartnerSynced = false;
  isClosed = false;

  constructor(parts: HaParts, settings: HaSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#enter('waiting');
  }

  close(): void {
    this.isClosed = true;
    if (this.#timer !== null) this.#timer.isCancelled = true;
  }

  #armHeartbeat(): void {
    if (this.#timer !== null) this.#timer.isCancelled = true;
    this.#timer = this.#parts.machine.after(this.#settings.heartbeatDelayMs * 1000, () => {
      void this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const wasAnswered = await this.#parts.link.heartbeat();
    if (this.isClosed || this.state === 'terminated') return;
    this.#armHeartbeat();
    const wasPartnerSynced = this.#isPartnerSynced;
    this.#isPartnerSynced = false;
    await this.run();
    // It has not come to a normal state: the partner has gone again.
    if (wasPartnerSynced && !wasAnswered && this.state === 'partner-down')
      this.#parts.service.release(LOCAL_ORIGIN);
  }

  /** Something has happened: the state may change, more than once. */
  async run(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (await this.#step());
    this.#isBusy = false;
  }

  /** @returns whether there may be more to do */
  async #step(): Promise<boolean> {
    if (this.isClosed || this.state === 'in-maintenance' || this.state === 'terminated') return false;
    const { link, updates, service } = this.#parts;
    if (Math.abs(link.skewSec) > SKEW_SEC_MAX || updates.rejectedClients >= REJECTED_MAX)
      return this.#enter('terminated');
    const { mode, isPrimary } = this.#settings;
    const isInterrupted = link.state === 'unavailable' && link.isInterrupted;
    const needsProof = service.isOn && (mode === 'load-balancing' || !isPrimary);
    const next = nextStep(this.state, {
      mode,
      isPrimary,
      partner: link.state,
      isInterrupted: link.isInterrupted,
      isPartnerDown: isInterrupted && (!needsProof || link.hasFailed),
      hasPartnerUnsent: link.hasUnsent,
      isBacklogOverflown: updates.isBacklogOverflown,
    });
    if (next === 'send the backlog') return this.#sendBacklog();
    if (next !== this.state) return this.#enter(next);
    // With a partner that is out of reach the cell of the matrix says to wait.
    if (this.state !== 'syncing' || link.state === 'unavailable') return false;
    return (await this.#synchronize(SYNC_HOLD_SEC)) && this.#enter('ready');
  }

  async #synchronize(maxPeriodSec: number): Promise<boolean> {
    const { leases, link, log } = this.#parts;
    const { serverName, pageLimit } = this.#settings;
    const end = await synchronize(leases, link, { serverName, pageLimit, maxPeriodSec });
    if (this.isClosed) return false;
    log(SYNC_ENDS[end], { by: 'kea' });
    return end !== 'failed';
  }

  /** For an administrator. @returns whether it was done */
  async synchronizeNow(): Promise<boolean> {
    return this.#synchronize(0);
  }

  async #sendBacklog(): Promise<boolean> {
    const { updates, link } = this.#parts;
    if (await updates.sendBacklog()) return this.#enter('load-balancing');
    const reset = await link.ask('ha-reset', { 'server-name': this.#settings.serverName });
    return reset?.result === 0 && this.#enter('waiting');
  }

  #enter(state: KeaState): true {
    const { service, updates, log } = this.#parts;
    if (this.isClosed) return true;
    log('TDM_HA_STATE_CHANGED', { from: this.state, to: state, partner: this.#parts.link.state });
    if (this.state === 'communication-recovery') updates.clearBacklog();
    this.#before = this.state;
    this.state = state;
    this.#isPartnerSynced = false;
    this.scopes = this.#scopesOf(state);
    if (SILENT_STATES.has(state)) service.hold(LOCAL_ORIGIN);
    else service.release(LOCAL_ORIGIN);
    if (FORGIVING_STATES.has(state)) updates.forgive();
    if (state === 'terminated') {
      if (this.#timer !== null) this.#timer.isCancelled = true;
    } else if (this.#timer === null) this.#armHeartbeat();
    return true;
  }

  #scopesOf(state: KeaState): readonly string[] {
    const { mode, isPrimary, serverName, partnerName } = this.#settings;
    if (SILENT_STATES.has(state)) return [];
    const isHotStandby = mode === 'hot-standby';
    if (state !== 'partner-down' && state !== 'partner-in-maintenance')
      return isHotStandby && !isPrimary ? [] : [serverName];
    if (!isHotStandby) return [serverName, partnerName];
    return [isPrimary ? serverName : partnerName];
  }

  /** What was granted: it is told, kept, or only counted. @returns whether its client is answered */
  async granted(changes: readonly Change[], client: string): Promise<boolean> {
    const { updates } = this.#parts;
    if (this.state === 'communication-recovery') updates.keep(changes);
    else if (TELLING_STATES.has(this.state)) {
      const wasTaken = await updates.tell(changes, client);
      if (this.isClosed) return false;
      void this.run();
      return wasTaken;
    } else updates.unsent++;
    return true;
  }

  /** The partner says that it has our leases. @param origin under which it has held us off */
  partnerSynced(origin: number): void {
    const { service } = this.#parts;
    if (this.state === 'partner-down') {
      service.hold(LOCAL_ORIGIN);
      this.#isPartnerSynced = true;
    }
    service.release(origin);
  }

  reset(): void {
    if (this.state === 'waiting') return;
    this.#enter('waiting');
  }

  /** The partner asks for it. @returns whether it may */
  beMaintained(): boolean {
    if (this.state === 'partner-in-maintenance' || this.state === 'terminated') return false;
    this.#enter('in-maintenance');
    return true;
  }

  /** @returns the state from here on, null = there is no maintenance */
  endMaintenance(partnerState: string): KeaState | null {
    if (this.state !== 'in-maintenance') return null;
    this.#parts.link.state = partnerState;
    this.#enter(this.#before === 'in-maintenance' ? 'waiting' : this.#before);
    return this.state;
  }

  /** An administrator wants the partner to rest. @returns whether it does */
  async startMaintenance(): Promise<boolean> {
    const { link } = this.#parts;
    if (['in-maintenance', 'partner-in-maintenance', 'terminated'].includes(this.state)) return false;
    const answer = await this.#notify(false, this.state);
    if (answer === null || answer.result === 1) {
      link.lose();
      this.#enter('partner-down');
      return true;
    }
    if (answer.result === 0) this.#enter('partner-in-maintenance');
    return answer.result === 0;
  }

  async cancelMaintenance(): Promise<boolean> {
    const { link } = this.#parts;
    if (this.state !== 'partner-in-maintenance') return false;
    const target = this.#before === 'partner-in-maintenance' ? 'waiting' : this.#before;
    const answer = await this.#notify(true, target);
    if (answer?.result !== 0) {
      link.lose();
      return false;
    }
    link.state = String(answer.arguments?.['state'] ?? 'unavailable');
    this.#enter(target);
    return true;
  }

  #notify(cancel: boolean, state: KeaState) {
    const { serverName } = this.#settings;
    return this.#parts.link.ask('ha-maintenance-notify', { 'server-name': serverName, cancel, state });
  }
}
