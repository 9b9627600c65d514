/** A client of the model pair: what it asks for next, and what it believes to hold. */
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import { mac, SERVER } from '../engine/queries.ts';

export interface Held {
  readonly address: string;
  readonly untilMs: number;
}

/** What a client does next; `move` forgets its lease and asks for another address. */
export type Action = 'renew' | 'reboot' | 'release' | 'decline' | 'discover' | 'move';

export class PairClient {
  readonly number: number;
  readonly mac: string;
  held: Held | null = null;
  /** When it began to wait for an answer; null = it does not. */
  #waitingSinceMs: number | null = null;
  #xid: number;

  constructor(number: number) {
    this.number = number;
    this.mac = mac(number);
    this.#xid = number << 16;
  }

  /** The message by which it begins; one without a lease can only discover. */
  begin(action: Action, wish: number, nowMs: number): Uint8Array {
    const { held } = this;
    const address = held?.address ?? '0.0.0.0';
    switch (held === null ? 'discover' : action) {
      case 'renew':
        return this.#message(MessageType.request, nowMs, { ciaddr: address });
      case 'reboot':
        return this.#message(MessageType.request, nowMs, { options: [[50, ip(address)]] });
      case 'release':
        this.held = null;
        return this.#message(MessageType.release, nowMs, { ciaddr: address });
      case 'decline':
        this.held = null;
        return this.#message(MessageType.decline, nowMs, { options: [[50, ip(address)]] });
      case 'move':
        return this.#message(MessageType.discover, nowMs, {
          options: [[50, ip(`10.0.0.${10 + (wish % 40)}`)]],
        });
      case 'discover':
        return this.#message(MessageType.discover, nowMs, {});
    }
  }

  /** The next message after an answer, or null. Takes the lease of an ACK, gives up the one that was refused. */
  answered(reply: Reply, nowMs: number): Uint8Array | null {
    if (reply.xid !== this.#xid) return null;
    switch (reply.type) {
      case MessageType.offer:
        this.#waitingSinceMs = null;
        return this.#message(MessageType.request, nowMs, {
          options: [
            [50, ip(reply.yiaddr)],
            [54, SERVER],
          ],
        });
      case MessageType.ack: {
        const seconds = Buffer.from(reply.options.get(51) ?? []).readUInt32BE();
        this.#waitingSinceMs = null;
        this.held = { address: reply.yiaddr, untilMs: nowMs + seconds * 1000 };
        return null;
      }
      default:
        this.#waitingSinceMs = null;
        this.held = null;
        return null;
    }
  }

  holds(address: string, nowMs: number): boolean {
    return this.held?.address === address && this.held.untilMs > nowMs;
  }

  #message(
    type: number,
    nowMs: number,
    fields: { ciaddr?: string; options?: (readonly [number, number[]])[] },
  ): Uint8Array {
    this.#xid++;
    this.#waitingSinceMs ??= nowMs;
    const secs = Math.min(65_535, Math.floor((nowMs - this.#waitingSinceMs) / 1000));
    if (type === MessageType.release || type === MessageType.decline) this.#waitingSinceMs = null;
    return packet({ type, mac: this.mac, xid: this.#xid, secs, ...fields });
  }
}
