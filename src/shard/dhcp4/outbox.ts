/** What a shard sends, through UDP or packet sockets as the route of each reply says. */
import type { RoutedSlots } from '../../engine/reply/reply-route.ts';
import { FrameSender } from '../../io/frame-sender.ts';
import type { DatagramSender } from '../../io/mmsg.ts';
import { BATCH_MAX } from '../../wasm/layout.ts';
import type { ReplyExit } from '../desk.ts';

export class Outbox {
  readonly #slots: RoutedSlots;
  readonly #datagrams: DatagramSender;
  readonly #frames: FrameSender;
  readonly #exit: Pick<ReplyExit, 'leave'>;

  /** @param datagrams whose slots the replies are written to */
  constructor(slots: RoutedSlots, datagrams: DatagramSender, exit: Pick<ReplyExit, 'leave'>) {
    this.#slots = slots;
    this.#datagrams = datagrams;
    this.#frames = new FrameSender(slots, BATCH_MAX);
    this.#exit = exit;
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
      for (let i = 0; i < datagrams.flushed; i++)
        this.#exit.leave(datagrams.queuedSlot(i), datagrams.wasSent(i));
    }
    if (frames.queued > 0) {
      frames.flush();
      for (let i = 0; i < frames.flushed; i++) this.#exit.leave(frames.queuedSlot(i), frames.wasSent(i));
    }
  }
}
