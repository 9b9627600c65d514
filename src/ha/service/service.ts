/**
 * The service around the state machine: it turns what happens into events, performs the effects, and keeps the policy
 * of the shards in step with the machine. This file and those named service-* are the only impure ones in this folder.
 */
import { assert, assertNever } from '../../base/assert.ts';
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { CommandTable } from '../../control/answer.ts';
import type { ClientKey, PeerClient, UpdateDispatcher } from '../../peer/model.ts';
import { createHaCommands } from '../commands/commands.ts';
import type { HaEffect, HaHappening, MachineState } from '../machine/model.ts';
import type { View } from '../machine/run.ts';
import { createHaSetup, type HaSetup } from '../machine/setup.ts';
import { highAvailabilityStatus } from '../machine/status.ts';
import { initialState, step, withSetup } from '../machine/step.ts';
import { keyOf } from '../machine/unacked-clients.ts';
import { Origin } from '../switch/switch.ts';
import { type TandemMember, tandemMember } from '../wire/heartbeat.ts';
import { CompletionGate } from './completions.ts';
import { explain, type HaWhy } from './explain.ts';
import type { ClientObservation, HaControl, HaService, HaServiceParts } from './model.ts';
import { Operations } from './operations.ts';
import { PartnerWatch } from './partner.ts';
import { PolicyFollower } from './policy.ts';
import { SilenceTimer } from './silence.ts';
import { logStateChange } from './state-log.ts';

/** Builds the service; nothing happens before `start`. */
export function createHaService(parts: HaServiceParts): HaService {
  return new PairService(parts);
}

class PairService implements HaService, HaControl {
  setup: HaSetup;
  readonly parts: HaServiceParts;
  readonly commands: CommandTable;
  readonly #policy: PolicyFollower;
  /** Under which the machine holds the service off. */
  readonly #origin: number;
  readonly #completions = new CompletionGate();
  readonly #watch: PartnerWatch;
  readonly #silence: SilenceTimer;
  #machine: MachineState;
  #dispatcher: UpdateDispatcher | null = null;
  #operations: Operations | null = null;
  #unsubscribe: () => void = () => {};
  #stopped = false;

  /** Happenings that came up while another one was being worked off. */
  readonly #pending: HaHappening[] = [];
  #busy = false;

  constructor(parts: HaServiceParts) {
    this.parts = parts;
    this.#origin = Origin.haLocal + parts.index;
    this.setup = createHaSetup(parts.config);
    this.#policy = new PolicyFollower(parts);
    this.#machine = initialState(this.setup, parts.clock.monotonicMs());
    this.commands = createHaCommands(this, () => this.#view());
    this.#silence = new SilenceTimer(parts, () => this.submit({ kind: 'tick' }));
    this.#watch = new PartnerWatch(this, () => this.#dispatcher?.partnerAnswered());
  }

  get tandem(): TandemMember {
    const { version, streams } = this.parts;
    return tandemMember(version, streams.offered());
  }

  start(dispatcher: UpdateDispatcher, predecessor: Promise<void> = Promise.resolve()): void {
    assert(this.#dispatcher === null, 'the HA service is started once');
    this.#dispatcher = dispatcher;
    this.#operations = new Operations(this, dispatcher, predecessor);
    this.#machine = initialState(this.setup, this.parts.clock.monotonicMs());
    this.#unsubscribe = this.parts.serviceSwitch.onChange(() => this.#refreshPolicy());
    const { own, config } = this.setup;
    this.parts.log('TDM_HA_STARTED', { server: own.name, role: own.role, mode: config.mode });
    this.submit({ kind: 'started' });
  }

  stop(): void {
    // Once, and only what was started: the origin may be that of a successor, or of a predecessor.
    if (this.#stopped || this.#dispatcher === null) return;
    this.#stopped = true;
    this.#unsubscribe();
    this.#watch.stop();
    this.#silence.stop();
    this.parts.serviceSwitch.enable(this.#origin);
  }

  retune(config: HaRelationshipConfig, hasPartnerMoved: boolean): void {
    assert(!this.#busy, 'settings change between two events');
    this.setup = createHaSetup(config);
    this.#machine = withSetup(this.#machine, this.setup);
    this.#watch.retune(hasPartnerMoved);
    this.#silence.stop();
    this.submit({ kind: 'tick' });
  }

  async ended(): Promise<void> {
    await this.#operations?.ended();
  }

  // UpdateListener: what the dispatcher reports.

  partnerFailed(reason: string): void {
    this.#completions.noteTrouble();
    if (this.#machine.communication.partnerState !== 'unavailable')
      this.parts.log('TDM_HA_UPDATE_FAILED', { partner: this.setup.partner?.name, reason });
    this.submit({ kind: 'partner-failed', reason });
  }

  rejected(clients: readonly ClientKey[]): void {
    this.#completions.noteTrouble();
    this.parts.log('TDM_HA_UPDATES_REJECTED', { clients: clients.length });
    this.submit({ kind: 'updates-rejected', clients: clients.map(keyOf) });
  }

  refused(leases: number, reason: string): void {
    this.#completions.noteTrouble();
    this.submit({ kind: 'updates-refused', leases, reason });
  }

  updatesLost(): void {
    this.parts.log('TDM_HA_UPDATES_LOST', {});
    this.submit({ kind: 'updates-lost' });
  }

  confirmed(clients: readonly ClientKey[]): void {
    this.submit({ kind: 'updates-confirmed', clients: clients.map(keyOf) });
  }

  unsent(transactions: number): void {
    this.submit({ kind: 'updates-unsent', transactions });
  }

  completed(): void {
    if (this.#completions.opens(this.parts.clock.monotonicMs())) this.submit({ kind: 'updates-completed' });
  }

  observed(clients: readonly ClientObservation[]): void {
    const observations = clients.map((client) => ({ client: keyOf(client), waitedMs: client.waitedMs }));
    this.submit({ kind: 'observed', clients: observations });
  }

  storage(isWell: boolean): void {
    const { role } = this.setup.own;
    this.parts.log(isWell ? 'TDM_HA_STORAGE_RECOVERED' : 'TDM_HA_STORAGE_FAILED', { role });
    this.submit({ kind: 'storage', isWell });
  }

  // What the rest of the program asks.

  applied(): Promise<void> {
    return this.#policy.applied();
  }

  status(): object {
    return highAvailabilityStatus(this.#machine, this.parts.clock.monotonicMs());
  }

  why(): HaWhy {
    return explain(this.#view(), this.parts.serviceSwitch.origins(), this.parts.concerns());
  }

  unsentUpdates(): number {
    return Number(this.#machine.unsentUpdates);
  }

  refusedUpdates(): number {
    return this.#machine.refused.leases;
  }

  // HaControl: what the commands and operations use.

  state(): MachineState {
    return this.#machine;
  }

  partner(): PeerClient | null {
    return this.setup.partner === null ? null : this.client(this.setup.partner.name);
  }

  client(name: string): PeerClient | null {
    return this.parts.peers.find((peer) => peer.name === name) ?? null;
  }

  isStopped(): boolean {
    return this.#stopped;
  }

  isFollowed(): boolean {
    return this.#dispatcher?.isFollowed ?? false;
  }

  isSynchronizing(): boolean {
    return this.#operations?.isSynchronizing() ?? false;
  }

  sync(source: PeerClient, maxPeriodSec: number): Promise<{ ok: boolean; text: string }> | null {
    return this.#operations?.commandSync(source, maxPeriodSec) ?? null;
  }

  /** Works off one happening and whatever it brings about; the policy is published once at the end. */
  submit(happening: HaHappening): void {
    if (this.#stopped || this.#dispatcher === null) return;
    this.#pending.push(happening);
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#workOff(this.#dispatcher);
    } finally {
      // A broken invariant in one event must not leave the machine deaf for all others.
      this.#busy = false;
    }
    this.#refreshPolicy();
    this.#policy.steer(this.#dispatcher, this.#machine);
    this.#silence.watch(this.#machine);
  }

  #workOff(dispatcher: UpdateDispatcher): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const { state, effects } = step(this.#machine, { ...next, ...this.#surroundings(dispatcher) });
      this.#machine = state;
      for (const effect of effects) this.#perform(effect);
    }
  }

  #surroundings(dispatcher: UpdateDispatcher) {
    const { clock, serviceSwitch } = this.parts;
    return {
      nowMs: clock.monotonicMs(),
      serviceOn: serviceSwitch.enabled,
      heldByOthers: serviceSwitch.isHeldByOthers(this.#origin),
      backlog: dispatcher.backlog(),
    };
  }

  #view(): View {
    const backlog = this.#dispatcher?.backlog() ?? { length: 0, overflown: false };
    return {
      setup: this.setup,
      state: this.#machine,
      nowMs: this.parts.clock.monotonicMs(),
      serviceOn: this.parts.serviceSwitch.enabled,
      backlog,
    };
  }

  #perform(effect: HaEffect): void {
    switch (effect.kind) {
      case 'state-changed':
        logStateChange(this.parts.log, this.setup.own.name, effect);
        break;
      case 'set-service':
        this.#setService(effect.on);
        break;
      case 'start-heartbeats':
        this.#watch.start();
        break;
      case 'stop-heartbeats':
        this.#watch.stop();
        break;
      case 'start-sync':
      case 'start-collect':
      case 'hand-over':
      case 'send-backlog':
      case 'send-reset':
        this.#operations?.begin(effect);
        break;
      case 'clear-backlog':
        this.#dispatcher?.clearBacklog(effect.owe);
        break;
      case 'track-confirmed':
        this.#dispatcher?.trackConfirmed(effect.on);
        break;
      case 'log':
        this.parts.log(effect.id, effect.fields);
        break;
      case 'serve-scopes':
      case 'observe':
      case 'set-partner-updates':
        // Read from the machine when everything pending is worked off.
        break;
      default:
        assertNever(effect);
    }
  }

  #setService(on: boolean): void {
    const { serviceSwitch } = this.parts;
    if (on) serviceSwitch.enable(this.#origin);
    else serviceSwitch.disable(this.#origin, null);
  }

  #refreshPolicy(): void {
    // A change of the switch from within: the policy is published once, when everything pending is worked off.
    if (!this.#busy && !this.#stopped) this.#policy.publish(this.#machine);
  }
}
