/** The load client's loop: poll, receive a burst, answer it, begin new exchanges, send the burst. Synchronous throughout. */
import type { Clock } from '../base/clock.ts';
import { Poller } from '../io/poll.ts';
import { L } from './counters.ts';
import { openGround4 } from './dhcp4/ground4.ts';
import { LoadFamily4 } from './dhcp4/load-family4.ts';
import { openGround6 } from './dhcp6/ground6.ts';
import { LoadFamily6 } from './dhcp6/load-family6.ts';
import type { LoadFamily } from './family.ts';
import { type Ground, SLOT_BYTES, SLOTS } from './ground.ts';
import { type AnyLoadOptions, type LoadMemory, LoadWord, type SessionOptions, Stop } from './model.ts';
import { LoadSession } from './session.ts';

/** Bursts received before new exchanges get their turn. */
const BURSTS_MAX = 8;
/** Longest sleep: how late a stop or a retransmission may be noticed. */
const IDLE_US = 20_000;
const RETRANSMIT_EVERY_US = 20_000;

/**
 * Runs until the stop word says so, then closes the sockets.
 * @param onReady is called before the first query leaves
 * @throws when address, port or link cannot be had
 */
export function runLoad(
  options: AnyLoadOptions,
  memory: LoadMemory,
  clock: Clock,
  onReady: () => void,
): void {
  const { family, ground } = open(options, memory);
  try {
    onReady();
    new LoadLoop(options, family, memory, clock, ground).run();
  } finally {
    ground.close();
  }
}

function open(
  options: AnyLoadOptions,
  memory: LoadMemory,
): { readonly family: LoadFamily; readonly ground: Ground } {
  if (options.family === 4) {
    const family = new LoadFamily4(options, memory.ledger);
    return { family, ground: openGround4(options, family.queryBytes) };
  }
  const family = new LoadFamily6(options, memory.ledger);
  return { family, ground: openGround6(options, family.queryBytes) };
}

class LoadLoop {
  readonly #control: Int32Array;
  readonly #counters: Float64Array;
  readonly #clock: Clock;
  readonly #ground: Ground;
  readonly #poller: Poller;
  readonly #session: LoadSession;
  #retransmitAtUs: number;
  #forgotten = 0;

  constructor(options: SessionOptions, family: LoadFamily, memory: LoadMemory, clock: Clock, ground: Ground) {
    this.#control = new Int32Array(memory.control);
    this.#counters = new Float64Array(memory.counters);
    this.#clock = clock;
    this.#ground = ground;
    this.#poller = new Poller([ground.fd]);
    this.#session = new LoadSession(options, family, memory, ground.outlet, this.#nowUs());
    this.#retransmitAtUs = this.#nowUs() + RETRANSMIT_EVERY_US;
  }

  run(): void {
    for (;;) {
      const stop = Atomics.load(this.#control, LoadWord.stop);
      this.#counters[L['in-flight']] = this.#session.inFlight;
      this.#counters[L['send-failed']] = this.#ground.outlet.failed;
      if (stop === Stop.now || (stop === Stop.drain && this.#session.inFlight === 0)) return;
      const rate = Atomics.load(this.#control, LoadWord.ratePerSec);
      const inFlightMax = Atomics.load(this.#control, LoadWord.inFlightMax);
      this.#setTime();
      this.#forget();
      if (stop === Stop.run) this.#session.begin(rate, inFlightMax);
      this.#ground.outlet.flush();
      const nextUs = rate > 0 ? this.#session.untilNextUs(rate) : 0;
      // What is due and was not begun has no room: only an answer makes some.
      this.#poller.waitUs(nextUs > 0 ? Math.min(nextUs, IDLE_US) : IDLE_US);
      this.#receiveBursts();
      this.#retransmit();
    }
  }

  #receiveBursts(): void {
    const { fd, receiver, memory } = this.#ground;
    for (let burst = 0; burst < BURSTS_MAX; burst++) {
      const count = receiver.receive(fd);
      if (count === 0) return;
      this.#setTime();
      for (let i = 0; i < count; i++) {
        const length = receiver.truncated(i) ? 0 : receiver.length(i);
        this.#session.receive(memory, i * SLOT_BYTES, length, this.#ground.serverOf(i));
      }
      if (count < SLOTS) return;
    }
  }

  #retransmit(): void {
    if (this.#nowUs() < this.#retransmitAtUs) return;
    this.#setTime();
    this.#session.retransmit();
    this.#retransmitAtUs = this.#nowUs() + RETRANSMIT_EVERY_US;
  }

  #forget(): void {
    const asked = Atomics.load(this.#control, LoadWord.forgotten);
    if (asked === this.#forgotten) return;
    this.#forgotten = asked;
    this.#session.forget();
  }

  #setTime(): void {
    this.#session.setTime(this.#nowUs(), this.#clock.wallSec());
  }

  #nowUs(): number {
    return this.#clock.monotonicMs() * 1000;
  }
}
