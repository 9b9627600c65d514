/** The load client's loop: poll, receive a burst, answer it, begin new exchanges, send the burst. Synchronous throughout. */
import type { Clock } from '../base/clock.ts';
import { DatagramReceiver } from '../io/mmsg.ts';
import { Poller } from '../io/poll.ts';
import { closeFd, openUdpSocket } from '../io/udp.ts';
import { L } from './counters.ts';
import { FrameOutlet } from './frame-outlet.ts';
import { type LoadMemory, type LoadOptions, LoadWord, Stop } from './model.ts';
import { type Outlet, UdpOutlet } from './outlet.ts';
import { RelaySession } from './session.ts';

const SLOT_BYTES = 2048;
const SLOTS = 64;
/** Bursts received before new exchanges get their turn. */
const BURSTS_MAX = 8;
const RECEIVE_BUFFER_BYTES = 8 << 20;
/** Longest sleep: how late a stop or a retransmission may be noticed. */
const IDLE_US = 20_000;
const RETRANSMIT_EVERY_US = 20_000;

/**
 * Runs until the stop word says so, then closes the sockets.
 * @param onReady is called before the first query leaves
 * @throws when address, port or link cannot be had
 */
export function runLoad(options: LoadOptions, memory: LoadMemory, clock: Clock, onReady: () => void): void {
  const { relay, link } = options;
  const fd = openUdpSocket({ ...relay, interfaceName: link, receiveBufferBytes: RECEIVE_BUFFER_BYTES });
  try {
    const outlet = link === null ? new UdpOutlet(fd, options) : new FrameOutlet(link, options);
    try {
      onReady();
      new LoadLoop(options, memory, clock, fd, outlet).run();
    } finally {
      outlet.close();
    }
  } finally {
    closeFd(fd);
  }
}

class LoadLoop {
  readonly #control: Int32Array;
  readonly #counters: Float64Array;
  readonly #options: LoadOptions;
  readonly #clock: Clock;
  readonly #fd: number;
  readonly #poller: Poller;
  readonly #slots = new ArrayBuffer(SLOTS * SLOT_BYTES);
  readonly #bytes = new Uint8Array(this.#slots);
  readonly #receiver = new DatagramReceiver(this.#slots, 0, SLOT_BYTES, SLOTS);
  readonly #outlet: Outlet;
  readonly #session: RelaySession;
  #retransmitAtUs: number;
  #forgotten = 0;

  constructor(options: LoadOptions, memory: LoadMemory, clock: Clock, fd: number, outlet: Outlet) {
    this.#control = new Int32Array(memory.control);
    this.#counters = new Float64Array(memory.counters);
    this.#options = options;
    this.#clock = clock;
    this.#fd = fd;
    this.#poller = new Poller([fd]);
    this.#outlet = outlet;
    this.#session = new RelaySession(options, memory, outlet, this.#nowUs());
    this.#retransmitAtUs = this.#nowUs() + RETRANSMIT_EVERY_US;
  }

  run(): void {
    for (;;) {
      const stop = Atomics.load(this.#control, LoadWord.stop);
      this.#counters[L['in-flight']] = this.#session.inFlight;
      this.#counters[L['send-failed']] = this.#outlet.failed;
      if (stop === Stop.now || (stop === Stop.drain && this.#session.inFlight === 0)) return;
      const rate = Atomics.load(this.#control, LoadWord.ratePerSec);
      const inFlightMax = Atomics.load(this.#control, LoadWord.inFlightMax);
      this.#setTime();
      this.#forget();
      if (stop === Stop.run) this.#session.begin(rate, inFlightMax);
      this.#outlet.flush();
      const nextUs = rate > 0 ? this.#session.untilNextUs(rate) : 0;
      // What is due and was not begun has no room: only an answer makes some.
      this.#poller.waitUs(nextUs > 0 ? Math.min(nextUs, IDLE_US) : IDLE_US);
      this.#receiveBursts();
      this.#retransmit();
    }
  }

  #receiveBursts(): void {
    for (let burst = 0; burst < BURSTS_MAX; burst++) {
      const count = this.#receiver.receive(this.#fd);
      if (count === 0) return;
      this.#setTime();
      for (let i = 0; i < count; i++) {
        const length = this.#receiver.truncated(i) ? 0 : this.#receiver.length(i);
        this.#session.receive(this.#bytes, i * SLOT_BYTES, length, this.#serverOf(i));
      }
      if (count < SLOTS) return;
    }
  }

  #serverOf(i: number): number {
    const servers = this.#options.servers;
    for (let index = 0; index < servers.length; index++) {
      const server = servers[index]!;
      if (this.#receiver.sourcePort(i) === server.port && this.#receiver.sourceAddress(i) === server.address)
        return index;
    }
    return -1;
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
