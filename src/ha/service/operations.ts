/** What runs outside the machine and takes time: synchronization, delivery of the backlog, the reset of the partner. */
import type { PeerClient, UpdateDispatcher } from '../../peer/model.ts';
import type { HaEffect } from '../machine/model.ts';
import { Origin } from '../switch/switch.ts';
import { holdsSource, type SyncOutcome, type SyncRequest } from '../sync/pages.ts';
import { synchronize } from '../sync/run.ts';
import { COMMAND_TIMEOUT_MS, isSuccess, problemOf } from '../wire/peer-answers.ts';
import type { HaControl } from './model.ts';

export class Operations {
  readonly #control: HaControl;
  readonly #dispatcher: UpdateDispatcher;
  /** Ends when the last synchronization that was begun has ended; two at once would race for the source's service. */
  #syncTail: Promise<void>;
  /** Synchronizations under way that hold their source's service off. */
  #holdCount = 0;

  /** @param after synchronizations of before have ended */
  constructor(control: HaControl, dispatcher: UpdateDispatcher, after: Promise<void>) {
    this.#control = control;
    this.#dispatcher = dispatcher;
    this.#syncTail = after;
  }

  /** Starts what the machine asks for; the end comes back to it as `operation-finished`. */
  begin(
    effect: Extract<
      HaEffect,
      { kind: 'start-sync' | 'start-collect' | 'hand-over' | 'send-backlog' | 'send-reset' }
    >,
  ): void {
    const work = {
      'start-sync': this.#startSync,
      'start-collect': this.#startCollect,
      'hand-over': this.#handOver,
      'send-backlog': this.#sendBacklog,
      'send-reset': this.#sendReset,
    };
    void work[effect.kind].call(this, effect.id);
  }

  /** Resolves when every synchronization begun so far has ended. */
  ended(): Promise<void> {
    return this.#syncTail;
  }

  /** Whether a synchronization is under way that holds its source's service off. */
  isSynchronizing(): boolean {
    return this.#holdCount > 0;
  }

  /** The synchronization of ha-sync; null when there is one already. */
  commandSync(source: PeerClient, periodSec: number): Promise<SyncOutcome> | null {
    if (this.isSynchronizing()) return null;
    return this.#serialized('fetch', async () => {
      const outcome = await this.#synchronize('fetch', source, periodSec, () => this.#control.isStopped());
      this.#noteFailure(source, outcome);
      return outcome;
    });
  }

  /** The synchronization of the syncing state. Abandoned as soon as the machine no longer waits for it. */
  #startSync(id: number): Promise<void> {
    return this.#withPartner('exchange', id);
  }

  /** Fetches what the partner keeps to itself: in partner-down, where it waits for us, or while both serve. */
  #startCollect(id: number): Promise<void> {
    return this.#withPartner(this.#control.state().name === 'partner-down' ? 'settle' : 'collect', id);
  }

  async #withPartner(kind: SyncRequest['kind'], id: number): Promise<void> {
    const source = this.#partner();
    const isCancelled = () => this.#control.isStopped() || this.#control.state().operation?.id !== id;
    const outcome = await this.#serialized(kind, () =>
      this.#synchronize(kind, source, maxPeriodSec(this.#control), isCancelled),
    );
    this.#noteFailure(source, outcome);
    this.#control.submit({ kind: 'operation-finished', id, ok: outcome.ok });
  }

  /** Waits until the partner has what nobody waited for: no thread gives more of that, and what it has given has arrived. */
  async #handOver(id: number): Promise<void> {
    // The policy is published when the event that has brought this about is worked off.
    await null;
    const ok = await this.#control.applied().then(
      () => this.#dispatcher.settled(),
      () => false,
    );
    this.#control.submit({ kind: 'operation-finished', id, ok });
  }

  async #sendBacklog(id: number): Promise<void> {
    const { log } = this.#control.parts;
    log('TDM_HA_BACKLOG_STARTED', { entries: this.#dispatcher.backlog().length });
    const ok = await this.#dispatcher.sendBacklog();
    log(ok ? 'TDM_HA_BACKLOG_SENT' : 'TDM_HA_BACKLOG_FAILED', {});
    this.#control.submit({ kind: 'operation-finished', id, ok });
  }

  /** Tells the partner to start anew. A failure says nothing of the partner's state: the next heartbeat does. */
  async #sendReset(id: number): Promise<void> {
    const args = { 'server-name': this.#control.setup.own.name };
    const answer = await this.#partner().request('ha-reset', args, COMMAND_TIMEOUT_MS);
    const ok = isSuccess(answer);
    const reason = ok ? null : problemOf(answer);
    this.#control.parts.log(ok ? 'TDM_HA_RESET_SENT' : 'TDM_HA_RESET_FAILED', { reason });
    this.#control.submit({ kind: 'operation-finished', id, ok });
  }

  #synchronize(
    kind: SyncRequest['kind'],
    source: PeerClient,
    periodSec: number,
    isCancelled: () => boolean,
  ): Promise<SyncOutcome> {
    const { parts, setup } = this.#control;
    const { syncPageLimit, syncTimeoutMs } = setup.config;
    return synchronize(
      {
        leases: parts.leases,
        log: parts.log,
        clock: parts.clock,
        sendLeases: (leases) => this.#dispatcher.sendLeases(leases),
        yieldTurn: parts.yieldTurn,
        passTime: parts.passTime,
        serverName: setup.own.name,
        origin: Origin.haPartner + parts.index,
        subnets: parts.synchronizedSubnets(),
        stream: () => parts.streams.source(source.name),
        pageLimit: syncPageLimit,
        pageTimeoutMs: syncTimeoutMs,
      },
      { source, kind, maxPeriodSec: periodSec, isCancelled },
    );
  }

  /** Only the partner's failures mean anything to the machine; a backup may fail as it likes. */
  #noteFailure(source: PeerClient, outcome: SyncOutcome): void {
    if (outcome.sourceFailed && source === this.#control.partner())
      this.#control.submit({ kind: 'partner-failed', reason: outcome.text });
  }

  async #serialized<T>(kind: SyncRequest['kind'], work: () => Promise<T>): Promise<T> {
    const holds = holdsSource({ kind }) ? 1 : 0;
    this.#holdCount += holds;
    const result = this.#syncTail.then(work);
    this.#syncTail = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } finally {
      this.#holdCount -= holds;
    }
  }

  #partner(): PeerClient {
    const partner = this.#control.partner();
    // The machine asks for these operations only in states that a server without a partner never enters.
    if (partner === null) throw new Error('invariant broken: an operation needs a partner');
    return partner;
  }
}

/** How long a source of leases may be held off without a further word, in seconds: the time for one page. */
export function maxPeriodSec(control: HaControl): number {
  return Math.max(1, Math.floor(control.setup.config.syncTimeoutMs / 1000));
}
