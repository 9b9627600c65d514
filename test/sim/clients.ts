/**
 * DHCPv4 clients behind a relay, by RFC 2131: DISCOVER and REQUEST with back-off, renew, rebind, and what users do to them: release,
 * decline, reboot, and silence. The relay sends every broadcast to all servers.
 */

import { MessageType, OptionCode } from '../../src/dhcp4/codes.ts';
import { ip, number32, type PacketFields, packet, type Reply } from '../engine/packets.ts';
import type { Agenda, Appointment } from './agenda.ts';
import type { LeasesHeld } from './leases-held.ts';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

const US_PER_SEC = 1e6;
/** RFC 2131 4.1. */
const FIRST_WAIT_SEC = 4;
const LAST_WAIT_SEC = 64;
const TRIES_MAX = 4;

export interface ClientsParts {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly held: LeasesHeld;
  readonly timeline: Timeline;
  /** To all servers, by the relay. */
  readonly broadcast: (bytes: Uint8Array) => void;
  /** To one server, from the client's own address. */
  readonly unicast: (server: string, from: string, bytes: Uint8Array) => void;
  readonly relay: string;
  /** Whether both servers take each other for dead, or have done so since `sinceUs`. */
  readonly isSplitSince: (sinceUs: number) => boolean;
  readonly nameOf: (serverAddress: string) => string;
}

type Phase = 'silent' | 'selecting' | 'requesting' | 'rebooting' | 'bound' | 'renewing' | 'rebinding';

export class Client {
  readonly name: string;
  readonly mac: string;
  readonly #parts: ClientsParts;
  phase: Phase = 'silent';
  address = '';
  server = '';
  #xid = 0;
  #since = 0;
  #tries = 0;
  #timer: Appointment | null = null;
  #boundAtUs = 0;
  #leaseSec = 0;
  /** Since when it asks in vain, us. */
  waitingSinceUs: number | null = null;
  #offer: { readonly address: string; readonly server: string } | null = null;

  constructor(parts: ClientsParts, number: number) {
    this.#parts = parts;
    this.name = `client${number}`;
    this.mac = `02:00:00:00:${hex(number >> 8)}:${hex(number & 255)}`;
  }

  get leaseUntilUs(): number {
    return this.#boundAtUs + this.#leaseSec * US_PER_SEC;
  }

  get isBound(): boolean {
    return this.phase === 'bound' || this.phase === 'renewing' || this.phase === 'rebinding';
  }

  /** Comes up, with what it remembers of before. */
  start(): void {
    this.#begin();
    if (this.address !== '' && this.leaseUntilUs > this.#parts.agenda.nowUs) this.#go('rebooting');
    else this.#go('selecting');
  }

  /** Is gone without a word. Its lease goes on. */
  vanish(): void {
    this.#stopTimer();
    this.phase = 'silent';
    this.waitingSinceUs = null;
  }

  release(): void {
    if (!this.isBound) return;
    const { held, timeline } = this.#parts;
    held.left(this.name, this.address);
    timeline.note(this.name, `releases ${this.address}`);
    this.#sendTo(this.server, {
      type: MessageType.release,
      ciaddr: this.address,
      options: [[OptionCode.serverIdentifier, ip(this.server)]],
    });
    this.#forget();
  }

  decline(): void {
    if (!this.isBound) return;
    const { held, timeline } = this.#parts;
    held.left(this.name, this.address);
    timeline.note(this.name, `declines ${this.address}`);
    this.#broadcast({
      type: MessageType.decline,
      options: [
        [OptionCode.requestedAddress, ip(this.address)],
        [OptionCode.serverIdentifier, ip(this.server)],
      ],
    });
    this.#forget();
    this.#begin();
    this.#later(10, () => this.#go('selecting'));
  }

  #forget(): void {
    this.#stopTimer();
    this.phase = 'silent';
    this.address = '';
    this.#leaseSec = 0;
    this.waitingSinceUs = null;
  }

  #begin(): void {
    const { random, agenda } = this.#parts;
    this.#xid = random.below(0x7fffffff);
    this.#since = agenda.nowUs;
    this.waitingSinceUs ??= agenda.nowUs;
  }

  #go(phase: Phase): void {
    this.phase = phase;
    this.#tries = 0;
    this.#send();
  }

  #send(): void {
    this.#tries++;
    switch (this.phase) {
      case 'selecting':
        this.#offer = null;
        this.#broadcast({ type: MessageType.discover });
        break;
      case 'requesting':
        this.#broadcast({
          type: MessageType.request,
          options: [
            [OptionCode.requestedAddress, ip(this.#offer!.address)],
            [OptionCode.serverIdentifier, ip(this.#offer!.server)],
          ],
        });
        break;
      case 'rebooting':
        this.#broadcast({
          type: MessageType.request,
          options: [[OptionCode.requestedAddress, ip(this.address)]],
        });
        break;
      case 'renewing':
        this.#sendTo(this.server, { type: MessageType.request, ciaddr: this.address });
        break;
      case 'rebinding':
        this.#broadcast({ type: MessageType.request, ciaddr: this.address });
        break;
      default:
        return;
    }
    this.#again();
  }

  /** In vain so far. */
  #again(): void {
    const { random, agenda } = this.#parts;
    if (this.phase === 'renewing' || this.phase === 'rebinding') {
      const endUs =
        this.phase === 'renewing' ? this.#boundAtUs + this.#leaseSec * 0.875 * US_PER_SEC : this.leaseUntilUs;
      const leftSec = (endUs - agenda.nowUs) / US_PER_SEC;
      if (leftSec < 60 && this.#tries > 1)
        return this.#later(Math.max(leftSec, 0), () =>
          this.phase === 'renewing' ? this.#rebind() : this.#expire(),
        );
      return this.#later(Math.max(Math.min(leftSec / 2, 300), 1), () => this.#send());
    }
    const waitSec = Math.min(FIRST_WAIT_SEC * 2 ** (this.#tries - 1), LAST_WAIT_SEC) + random.next() * 2 - 1;
    this.#later(waitSec, () => {
      if (this.phase !== 'selecting' && this.#tries >= TRIES_MAX) this.#startAgain();
      else this.#send();
    });
  }

  #startAgain(): void {
    if (this.phase === 'rebooting' && this.leaseUntilUs > this.#parts.agenda.nowUs) {
      // It may go on with what it had. [RFC2131 3.2]
      return this.#becomeBound(this.#boundAtUs, this.#leaseSec);
    }
    this.#begin();
    this.#go('selecting');
  }

  #rebind(): void {
    this.#begin();
    this.#go('rebinding');
  }

  #expire(): void {
    const { held, timeline } = this.#parts;
    timeline.note(this.name, `has lost ${this.address}: its time is over`);
    held.left(this.name, this.address);
    this.address = '';
    this.#begin();
    this.#go('selecting');
  }

  /** Whether it would take a reply of this number. */
  awaits(xid: number): boolean {
    return xid === this.#xid && this.phase !== 'silent';
  }

  /** A reply has arrived. */
  hear(reply: Reply): void {
    if (!this.awaits(reply.xid)) return;
    if (reply.type === MessageType.offer) return this.#hearOffer(reply);
    if (reply.type === MessageType.ack) return this.#hearAck(reply);
    if (reply.type === MessageType.nak) this.#hearNak();
  }

  #hearOffer(reply: Reply): void {
    if (this.phase !== 'selecting') return;
    this.#offer = { address: reply.yiaddr, server: serverOf(reply) };
    this.#go('requesting');
  }

  #hearAck(reply: Reply): void {
    if (this.phase === 'silent' || this.phase === 'selecting' || this.phase === 'bound') return;
    const { agenda, held, timeline, nameOf, isSplitSince } = this.#parts;
    if (this.isBound && reply.yiaddr !== this.address) return;
    const isNew = reply.yiaddr !== this.address;
    if (isNew && this.address !== '') held.left(this.name, this.address);
    this.address = reply.yiaddr;
    this.server = serverOf(reply);
    const leaseSec = number32(reply, OptionCode.leaseTime) ?? 0;
    // From when it asked. [RFC2131 4.4.1]
    const fromUs = this.#since;
    const holding = {
      client: this.name,
      address: this.address,
      untilUs: fromUs + leaseSec * US_PER_SEC,
      server: nameOf(this.server),
    };
    timeline.note(this.name, `has ${this.address} of ${nameOf(this.server)} for ${leaseSec} s`);
    held.taken(holding, isSplitSince(agenda.nowUs - leaseSec * US_PER_SEC));
    this.#becomeBound(fromUs, leaseSec);
  }

  #becomeBound(fromUs: number, leaseSec: number): void {
    this.#boundAtUs = fromUs;
    this.#leaseSec = leaseSec;
    this.phase = 'bound';
    this.waitingSinceUs = null;
    const leftSec = fromUs / US_PER_SEC + leaseSec * 0.5 - this.#parts.agenda.nowUs / US_PER_SEC;
    this.#later(Math.max(leftSec, 1), () => {
      this.#begin();
      this.#go('renewing');
    });
  }

  #hearNak(): void {
    if (this.phase === 'selecting' || this.phase === 'silent' || this.phase === 'bound') return;
    const { held, timeline } = this.#parts;
    timeline.note(this.name, 'is told no');
    if (this.address !== '') held.left(this.name, this.address);
    this.address = '';
    this.#begin();
    this.#later(1, () => this.#go('selecting'));
  }

  #broadcast(fields: PacketFields): void {
    this.#parts.broadcast(this.#packet({ giaddr: this.#parts.relay, ...fields }));
  }

  #sendTo(server: string, fields: PacketFields): void {
    this.#parts.unicast(server, this.address, this.#packet({ giaddr: '0.0.0.0', hops: 0, ...fields }));
  }

  #packet(fields: PacketFields): Uint8Array {
    const secs = Math.min(Math.floor((this.#parts.agenda.nowUs - this.#since) / US_PER_SEC), 0xffff);
    return packet({ xid: this.#xid, mac: this.mac, secs, ...fields });
  }

  #later(delaySec: number, action: () => void): void {
    this.#stopTimer();
    this.#timer = this.#parts.agenda.after(delaySec * US_PER_SEC, action);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#timer.isCancelled = true;
    this.#timer = null;
  }
}

function serverOf(reply: Reply): string {
  const octets = reply.options.get(OptionCode.serverIdentifier);
  return octets === undefined ? '' : [...octets].join('.');
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
