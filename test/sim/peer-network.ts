/** The network between the servers: HTTP requests, and the lease streams that begin as one. */
import type { HttpUpgrade } from '../../src/control/http/upgrade.ts';
import type { StreamOpening } from '../../src/peer/model.ts';
import { type Acquaintance, asHeard } from './heartbeats.ts';
import { StreamDescriptor } from './kernel.ts';
import type { Machine } from './machine.ts';
import { serverAddress4 } from './places.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

export type RequestEnd =
  | { readonly kind: 'answered'; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** What a machine has at a port. */
export interface Listener {
  answer(body: string): Promise<string>;
  upgrade(): HttpUpgrade | null;
}

export interface PeerNetworkParts {
  readonly machines: readonly Machine[];
  readonly acquaintance: Acquaintance;
  /** How long something takes from one machine to the other, us. */
  delayUs(): number;
  /** Whether nothing comes through: then it is tried again, as TCP does. */
  isParted(from: Machine, to: Machine): boolean;
  settle(): void;
}

/** TCP tries again. */
const AGAIN_US = 400_000;

export class PeerNetwork {
  readonly #parts: PeerNetworkParts;
  readonly #streams = new Set<Stream>();

  constructor(parts: PeerNetworkParts) {
    this.#parts = parts;
  }

  request(from: Machine, place: Place, body: string, timeoutMs: number): Promise<RequestEnd> {
    return new Promise((resolve) => {
      let isOver = false;
      const { life } = from;
      const end = (how: RequestEnd): void => {
        if (isOver || from.life !== life) return;
        isOver = true;
        timer.isCancelled = true;
        resolve(how);
        this.#parts.settle();
      };
      const timer = from.after(Math.max(timeoutMs, 1) * 1000, () =>
        end({ kind: 'failed', reason: `no answer within ${Math.round(timeoutMs)} ms` }),
      );
      this.#carry(from, this.#at(place), (to) => {
        // Its connection was reset, and what was under way is gone.
        if (isOver || from.life !== life) return;
        const listener = to.listeners.get(place.port) as Listener | undefined;
        const back = (how: RequestEnd): void => this.#carry(to, from, () => end(how));
        if (listener === undefined || !to.isRunning) return back({ kind: 'failed', reason: 'ECONNREFUSED' });
        const { acquaintance } = this.#parts;
        void listener
          .answer(asHeard(acquaintance, body))
          .then((answer) => back({ kind: 'answered', body: asHeard(acquaintance, answer) }));
        this.#parts.settle();
      });
    });
  }

  openStream(
    from: Machine,
    place: Place,
    headers: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<StreamOpening> {
    return new Promise((resolve) => {
      let isOver = false;
      const { life } = from;
      const end = (how: StreamOpening): void => {
        // Whoever was killed hears nothing any more.
        if (isOver || from.life !== life) return;
        isOver = true;
        timer.isCancelled = true;
        resolve(how);
        this.#parts.settle();
      };
      const timer = from.after(timeoutMs * 1000, () => end({ kind: 'failed', reason: 'no answer' }));
      this.#carry(from, this.#at(place), (to) => {
        if (from.life !== life) return;
        const upgrade = (to.listeners.get(place.port) as Listener | undefined)?.upgrade() ?? null;
        if (upgrade === null || upgrade.judge(headers) !== null)
          return this.#carry(to, from, () => end({ kind: 'failed', reason: 'refused' }));
        const stream = new Stream(from, to, this.#parts);
        this.#streams.add(stream);
        upgrade.opened(stream.socketAt(1), headers, new Uint8Array(0));
        this.#parts.settle();
        this.#carry(to, from, () => {
          if (isOver) stream.socketAt(0).close();
          else end({ kind: 'open', socket: stream.socketAt(0), head: new Uint8Array(0) });
        });
      });
    });
  }

  /** The process of a machine has ended: its kernel resets what was open. */
  ended(machine: Machine): void {
    for (const stream of this.#streams) {
      if (!stream.joins(machine)) continue;
      stream.endOf(machine);
      this.#streams.delete(stream);
    }
  }

  #at({ host }: Place): Machine {
    return this.#parts.machines.find((machine) => serverAddress4(machine.host) === host)!;
  }

  /** Does something at another machine when what causes it arrives there. */
  #carry(from: Machine, to: Machine, action: (to: Machine) => void): void {
    from.world.agenda.after(this.#parts.delayUs(), () => {
      if (this.#parts.isParted(from, to))
        from.world.agenda.after(AGAIN_US, () => this.#carry(from, to, action));
      else action(to);
    });
  }
}

/** A connection with two ends: octets arrive in their order, or wait until the network carries them again. */
class Stream {
  readonly #parts: PeerNetworkParts;
  readonly #machines: readonly [Machine, Machine];
  readonly #ends: readonly [StreamDescriptor, StreamDescriptor];
  readonly #fds: readonly number[];
  readonly #lives: readonly [number, number];
  /** From each end to the other. */
  readonly #underWay: readonly [
    ((other: StreamDescriptor) => void)[],
    ((other: StreamDescriptor) => void)[],
  ] = [[], []];

  constructor(a: Machine, b: Machine, parts: PeerNetworkParts) {
    this.#parts = parts;
    this.#machines = [a, b];
    this.#lives = [a.life, b.life];
    this.#ends = [this.#endAt(0), this.#endAt(1)];
    this.#fds = this.#machines.map((machine, end) => machine.kernel.add(this.#ends[end]!));
  }

  joins(machine: Machine): boolean {
    return this.#machines.includes(machine);
  }

  socketAt(end: 0 | 1) {
    const machine = this.#machines[end];
    const fd = this.#fds[end]!;
    let isOpen = true;
    const close = (isReset: boolean): void => {
      if (!isOpen || machine.life !== this.#lives[end]) return;
      isOpen = false;
      machine.kernel.close(fd);
      if (isReset) this.#toOther(end, (other) => other.break());
    };
    return {
      fd,
      remote: serverAddress4(this.#machines[1 - end]!.host),
      secrets: null,
      close: () => close(false),
      reset: () => close(true),
    };
  }

  endOf(machine: Machine): void {
    this.#toOther(this.#machines[0] === machine ? 0 : 1, (other) => other.break());
  }

  #endAt(end: 0 | 1): StreamDescriptor {
    return new StreamDescriptor({
      send: (bytes) => this.#toOther(end, (other) => other.arrive(bytes)),
      close: () => this.#toOther(end, (other) => other.end()),
      taken: (count) => this.#toOther(end, (other) => other.acknowledged(count)),
    });
  }

  /** In order. */
  #toOther(end: 0 | 1, action: (other: StreamDescriptor) => void): void {
    this.#underWay[end]!.push(action);
    this.#later(end, this.#parts.delayUs());
  }

  /** The first of what is under way arrives, unless the network is parted. */
  #later(end: 0 | 1, delayUs: number): void {
    const [from, to] = [this.#machines[end], this.#machines[1 - end]!];
    const arrive = (): void => {
      if (this.#parts.isParted(from, to)) return this.#later(end, AGAIN_US);
      const action = this.#underWay[end]!.shift();
      if (to.life === this.#lives[1 - end]) action?.(this.#ends[1 - end]!);
    };
    from.world.agenda.after(delayUs, arrive, true);
  }
}
