/** What a shard sends, through UDP or packet sockets as the route of each reply says. */
import type { ReplySlots } from '../engine/reply/reply-slots.ts';
import { FrameSender } from '../io/frame-sender.ts';
import type { DatagramSender } from '../io/mmsg.ts';
import { BATCH_MAX } from '../wasm/layout.ts';

/** Called for each reply that has left, or that the kernel refused. */
export type SentReport = (slot: number, wasSent: boolean) => void;

export class Outbox {
  readonly #slots: ReplySlots;
  readonly #datagrams: DatagramSender;
  readonly #frames: FrameSender;
  readonly #report: SentReport;

  /** @param datagrams whose slots the replies are written to */
  constructor(slots: ReplySlots, datagrams: DatagramSender, report: SentReport) {
    this.#slots = slots;
    this.#datagrams = datagrams;
    this.#frames = new FrameSender(slots, BATCH_MAX);
    this.#report = report;
  }

  /** Puts the reply of a slot in line; its route is set. */
  queue(slot: number): void {
    const { lengths, addresses, ports, fds, mtus } = this.#slots;
    if (mtus[slot] !== 0) return this.#frames.queue(slot);
    this.#datagrams.queue(slot, lengths[slot]!, addresses[slot]!, ports[slot]!, fds[slot]!);
  }

  /** Sends what is in line. */
  flush(): void {
    const datagrams = this.#datagrams;
    const frames = this.#frames;
    if (datagrams.queued > 0) {
      datagrams.flush();
      for (let i = 0; i < datagrams.flushed; i++) this.#report(datagrams.queuedSlot(i), datagrams.wasSent(i));
    }
    if (frames.queued > 0) {
      frames.flush();
      for (let i = 0; i < frames.flushed; i++) this.#report(frames.queuedSlot(i), frames.wasSent(i));
    }
  }
}
