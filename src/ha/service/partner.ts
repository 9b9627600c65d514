/** What is learned of the partner by asking it: heartbeats, and what it can hold. */
import { assert } from '../../base/assert.ts';
import type { Read } from '../commands/arguments.ts';
import { type HeartbeatReply, heartbeatArguments, readHeartbeat } from '../wire/heartbeat.ts';
import { COMMAND_TIMEOUT_MS } from '../wire/peer-answers.ts';
import { HeartbeatLoop } from './heartbeat-timer.ts';
import type { HaControl } from './model.ts';
import { PartnerLimits } from './partner-limits.ts';

interface HeartbeatOutcome {
  readonly sentMs: number;
  readonly reply: Read<HeartbeatReply>;
}

export class PartnerWatch {
  readonly #control: HaControl;
  readonly #answered: () => void;
  readonly #limits: PartnerLimits;
  readonly #heartbeats: HeartbeatLoop<HeartbeatOutcome>;

  /** @param answered is called after the machine has heard of a good heartbeat */
  constructor(control: HaControl, answered: () => void) {
    const { timers, clock } = control.parts;
    this.#control = control;
    this.#answered = answered;
    this.#limits = new PartnerLimits(
      control.parts.leases.longestClient,
      () => control.partner(),
      (clientIdBytesMax) => control.submit({ kind: 'partner-limits', clientIdBytesMax }),
    );
    this.#heartbeats = new HeartbeatLoop({
      timers,
      clock,
      delayMs: () => control.setup.config.heartbeatDelayMs,
      send: () => this.#send(),
      deliver: (outcome) => this.#deliver(outcome),
    });
  }

  start(): void {
    this.#heartbeats.start();
  }

  /** The delay between heartbeats may have changed, or who answers them. */
  retune(hasPartnerMoved: boolean): void {
    if (hasPartnerMoved) this.#limits.lost();
    this.#heartbeats.rearm();
  }

  stop(): void {
    this.#heartbeats.stop();
  }

  async #send(): Promise<HeartbeatOutcome> {
    const { parts, setup, tandem } = this.#control;
    const sentMs = parts.clock.monotonicMs();
    const args = heartbeatArguments(setup.own.name, tandem);
    const answer = await this.#control.partner()?.request('ha-heartbeat', args, COMMAND_TIMEOUT_MS);
    assert(answer !== undefined, 'heartbeats go to a partner');
    return { sentMs, reply: readHeartbeat(answer) };
  }

  #deliver({ sentMs, reply }: HeartbeatOutcome): void {
    const control = this.#control;
    if (control.isStopped()) return;
    const { clock, log, streams } = control.parts;
    const partner = control.setup.partner!.name;
    if (!reply.ok) {
      this.#limits.lost();
      streams.missed(partner);
      log('TDM_HA_HEARTBEAT_FAILED', { partner, reason: reply.error });
      control.submit({ kind: 'heartbeat-failed', sentMs, reason: reply.error });
      return;
    }
    const nowUtcSec = Math.floor(clock.wallMs() / 1000);
    control.submit({ kind: 'heartbeat-answered', sentMs, nowUtcSec, report: reply.value });
    this.#limits.heard(reply.value.isTandem);
    this.#answered();
    streams.heard(partner, reply.value.stream);
  }
}
