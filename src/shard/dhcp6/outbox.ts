/** What a shard of DHCPv6 sends, as the route of each reply says. */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import type { Datagram6Sender } from '../../io/mmsg6.ts';
import type { ReplyExit } from '../desk.ts';
import type { RoutedSlots6 } from './reply-route.ts';

export class Outbox6 {
  readonly #slots: RoutedSlots6;
  readonly #sender: Datagram6Sender;
  readonly #exit: Pick<ReplyExit, 'leave'>;

  /** @param sender whose slots the replies are written to */
  constructor(slots: RoutedSlots6, sender: Datagram6Sender, exit: Pick<ReplyExit, 'leave'>) {
    this.#slots = slots;
    this.#sender = sender;
    this.#exit = exit;
  }

  /** Puts the reply of a slot in line; its route is set. */
  queue(slot: number): void {
    const { lengths, addresses, ports, scopes, fds } = this.#slots;
    const at = slot * IPV6_BYTES;
    this.#sender.queue(slot, lengths[slot]!, addresses, at, ports[slot]!, scopes[slot]!, fds[slot]!);
  }

  /** Sends what is in line. */
  flush(): void {
    const { line } = this.#sender;
    if (line.queued === 0) return;
    line.flush();
    for (let i = 0; i < line.flushed; i++) this.#exit.leave(line.queuedSlot(i), line.wasSent(i));
  }
}
