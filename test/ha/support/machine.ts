/** Drives the pure machine in tests: keeps the time, the service switch and the effects. */
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import type {
  HaEffect,
  HaHappening,
  HaStateName,
  MachineState,
  PartnerState,
} from '../../../src/ha/machine/model.ts';
import { createHaSetup } from '../../../src/ha/machine/setup.ts';
import { initialState, step } from '../../../src/ha/machine/step.ts';
import { STATE_TRAITS } from '../../../src/ha/machine/traits.ts';

/** Unix seconds at monotonic 0. */
export const EPOCH_SEC = 1_731_000_000;

export class Machine {
  state: MachineState;
  nowMs: number;
  localHold = false;
  remoteHold = false;
  backlog = { length: 0, overflown: false };
  /** Effects of the last event. */
  effects: readonly HaEffect[] = [];
  handlersMax = 1;

  constructor(config: HaRelationshipConfig, nowMs = 1_000_000) {
    this.nowMs = nowMs;
    this.state = initialState(createHaSetup(config), nowMs);
  }

  /** Puts the machine into a state as if it had been there for long, in touch with its partner. */
  static in(config: HaRelationshipConfig, name: HaStateName): Machine {
    const machine = new Machine(config);
    const traits = STATE_TRAITS[name];
    machine.localHold = !traits.service;
    machine.state = {
      ...machine.state,
      name,
      partnerUpdates: traits.partnerUpdates,
      heartbeats: traits.heartbeats !== 'stop',
    };
    return machine;
  }

  get serviceOn(): boolean {
    return !this.localHold && !this.remoteHold;
  }

  get name(): HaStateName {
    return this.state.name;
  }

  submit(happening: HaHappening): this {
    const before = this.state;
    const result = step(
      this.state,
      {
        ...happening,
        nowMs: this.nowMs,
        serviceOn: this.serviceOn,
        heldByOthers: this.remoteHold,
        backlog: this.backlog,
      },
      this.handlersMax,
    );
    if (Object.isFrozen(before)) Object.freeze(result.state);
    this.state = result.state;
    this.effects = result.effects;
    for (const effect of result.effects) {
      if (effect.kind === 'set-service') this.localHold = !effect.on;
      if (effect.kind === 'clear-backlog') this.backlog = { length: 0, overflown: false };
    }
    return this;
  }

  start(): this {
    return this.submit({ kind: 'started' });
  }

  /** A good heartbeat. */
  heartbeat(
    partner: PartnerState,
    more: { skewSec?: number; unsent?: number; scopes?: string[]; givesBack?: boolean } = {},
  ): this {
    const nowUtcSec = EPOCH_SEC + Math.floor(this.nowMs / 1000);
    const report = {
      state: partner,
      timeSec: nowUtcSec + (more.skewSec ?? 0),
      scopes: more.scopes ?? [],
      unsentUpdates: more.unsent ?? 0,
      givesBack: more.givesBack ?? true,
    };
    return this.submit({ kind: 'heartbeat-answered', sentMs: this.nowMs, nowUtcSec, report });
  }

  heartbeatFailed(): this {
    return this.submit({ kind: 'heartbeat-failed', sentMs: this.nowMs, reason: 'refused' });
  }

  /** Lets the partner be silent for longer than max-response-delay. */
  silence(ms: number = this.state.setup.config.maxResponseDelayMs + 1): this {
    this.nowMs += ms;
    return this;
  }

  /** Queries of so many different clients of the partner, which have waited for `secs`. */
  clients(count: number, secs = 100): this {
    const clients = Array.from({ length: count }, (_, index) => ({
      client: `02:${index}/`,
      waitedMs: secs * 1000,
    }));
    return this.submit({ kind: 'observed', clients });
  }

  finish(ok: boolean): this {
    const id = this.state.operation?.id ?? 0;
    return this.submit({ kind: 'operation-finished', id, ok });
  }

  has(kind: HaEffect['kind']): boolean {
    return this.effects.some((effect) => effect.kind === kind);
  }

  effect<K extends HaEffect['kind']>(kind: K): Extract<HaEffect, { kind: K }> | undefined {
    return this.effects.find((effect): effect is Extract<HaEffect, { kind: K }> => effect.kind === kind);
  }
}
