/**
 * DHCPv4 clients behind a relay, by RFC 2131: DISCOVER and REQUEST with back-off, renew, rebind, and what users do to them: release,
 * decline, reboot, and silence. The relay sends every broadcast to all servers.
 */
import { formatHex } from '../../../src/base/hex.ts';
import { MessageType, OptionCode } from '../../../src/dhcp4/codes.ts';
import { ip, number32, type PacketFields, packet, type Reply, readReply } from '../../engine/packets.ts';
import { Exchange } from '../exchange.ts';
import type { ClientsParts, SimulatedClient } from '../family.ts';
import { type Identity4, identity4Of, ownerOf4, plainIdentity4 } from './identities.ts';

const US_PER_SEC = 1e6;
/** RFC 2131 4.1. */
const FIRST_WAIT_SEC = 4;
const LAST_WAIT_SEC = 64;
const TRIES_MAX = 4;

const TRANSACTION_IDS = 0x7fffffff;
/** RFC 2131 4.1. */
export const SERVER_PORT = 67;
const CLIENT_PORT = 68;
/** Through which clients ask. */
export const RELAY = '10.0.0.100';

type Phase = 'silent' | 'selecting' | 'requesting' | 'rebooting' | 'bound' | 'renewing' | 'rebinding';

export class Client4 implements SimulatedClient {
  readonly name: string;
  /** As servers know it. */
  readonly owner: string;
  readonly #identity: Identity4;
  readonly #parts: ClientsParts;
  phase: Phase = 'silent';
  address = '';
  server = '';
  readonly #exchange: Exchange;
  #boundAtUs = 0;
  #leaseSec = 0;
  #offer: { readonly address: string; readonly server: string } | null = null;

  constructor(parts: ClientsParts, number: number) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts, TRANSACTION_IDS);
    this.name = `client${number}`;
    this.#identity = parts.areCopied ? identity4Of(number) : plainIdentity4(number);
    const { hardwareAddress, identifier } = this.#identity;
    this.owner = ownerOf4(formatHex(Uint8Array.from(identifier ?? [])), hardwareAddress);
  }

  get leaseUntilUs(): number {
    return this.#boundAtUs + this.#leaseSec * US_PER_SEC;
  }

  get isBound(): boolean {
    return this.phase === 'bound' || this.phase === 'renewing' || this.phase === 'rebinding';
  }

  get isAway(): boolean {
    return this.phase === 'silent';
  }

  get askedAtUs(): number {
    return this.#exchange.sinceUs;
  }

  start(): void {
    this.#exchange.begin();
    if (this.address !== '' && this.leaseUntilUs > this.#parts.agenda.nowUs) this.#go('rebooting');
    else this.#go('selecting');
  }

  vanish(): void {
    this.#exchange.stop();
    this.phase = 'silent';
  }

  release(): void {
    if (!this.isBound) return;
    const { held, timeline } = this.#parts;
    held.left(this.owner, this.address);
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
    held.left(this.owner, this.address);
    timeline.note(this.name, `declines ${this.address}`);
    this.#broadcast({
      type: MessageType.decline,
      options: [
        [OptionCode.requestedAddress, ip(this.address)],
        [OptionCode.serverIdentifier, ip(this.server)],
      ],
    });
    this.#forget();
    this.#exchange.begin();
    this.#exchange.later(10, () => this.#go('selecting'));
  }

  #forget(): void {
    this.#exchange.stop();
    this.phase = 'silent';
    this.address = '';
    this.#leaseSec = 0;
  }

  #go(phase: Phase): void {
    this.phase = phase;
    this.#exchange.tries = 0;
    this.#send();
  }

  #send(): void {
    const asked = this.phase === 'requesting' ? this.#offer!.address : this.address;
    if (asked !== '') this.#parts.held.moves(this.owner, asked);
    this.#exchange.tries++;
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
      if (leftSec < 60 && this.#exchange.tries > 1)
        return this.#exchange.later(Math.max(leftSec, 0), () =>
          this.phase === 'renewing' ? this.#rebind() : this.#expire(),
        );
      return this.#exchange.later(Math.max(Math.min(leftSec / 2, 300), 1), () => this.#send());
    }
    const waitSec =
      Math.min(FIRST_WAIT_SEC * 2 ** (this.#exchange.tries - 1), LAST_WAIT_SEC) + random.next() * 2 - 1;
    this.#exchange.later(waitSec, () => {
      if (this.phase !== 'selecting' && this.#exchange.tries >= TRIES_MAX) this.#startAgain();
      else this.#send();
    });
  }

  #startAgain(): void {
    if (this.phase === 'rebooting' && this.leaseUntilUs > this.#parts.agenda.nowUs) {
      // It may go on with what it had. [RFC2131 3.2]
      return this.#becomeBound(this.#boundAtUs, this.#leaseSec);
    }
    this.#exchange.begin();
    this.#go('selecting');
  }

  #rebind(): void {
    this.#exchange.begin();
    this.#go('rebinding');
  }

  #expire(): void {
    const { held, timeline } = this.#parts;
    timeline.note(this.name, `has lost ${this.address}: its time is over`);
    held.ranOut(this.address);
    this.address = '';
    this.#exchange.begin();
    this.#go('selecting');
  }

  awaits(xid: number): boolean {
    return xid === this.#exchange.transactionId && this.phase !== 'silent';
  }

  hear(bytes: Uint8Array): void {
    const reply = readReply(bytes);
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
    const { held, timeline } = this.#parts;
    if (this.isBound && reply.yiaddr !== this.address) return;
    const isNew = reply.yiaddr !== this.address;
    if (isNew && this.address !== '') held.left(this.owner, this.address);
    this.address = reply.yiaddr;
    this.server = serverOf(reply);
    const leaseSec = number32(reply, OptionCode.leaseTime) ?? 0;
    // From when it asked. [RFC2131 4.4.1]
    const fromUs = this.#exchange.sinceUs;
    const holding = {
      client: this.name,
      owner: this.owner,
      address: this.address,
      askedAtUs: fromUs,
      untilUs: fromUs + leaseSec * US_PER_SEC,
    };
    timeline.note(this.name, `has ${this.address} of ${held.teller} for ${leaseSec} s`);
    held.taken(holding);
    this.#becomeBound(fromUs, leaseSec);
  }

  #becomeBound(fromUs: number, leaseSec: number): void {
    this.#boundAtUs = fromUs;
    this.#leaseSec = leaseSec;
    this.phase = 'bound';
    const leftSec = fromUs / US_PER_SEC + leaseSec * 0.5 - this.#parts.agenda.nowUs / US_PER_SEC;
    this.#exchange.later(Math.max(leftSec, 1), () => {
      this.#exchange.begin();
      this.#go('renewing');
    });
  }

  #hearNak(): void {
    if (this.phase === 'selecting' || this.phase === 'silent' || this.phase === 'bound') return;
    const { held, timeline } = this.#parts;
    timeline.note(this.name, 'is told no');
    if (this.address !== '') held.left(this.owner, this.address);
    this.address = '';
    this.#exchange.begin();
    this.#exchange.later(1, () => this.#go('selecting'));
  }

  #broadcast(fields: PacketFields): void {
    this.#parts.broadcast({ address: RELAY, port: SERVER_PORT }, this.#packet({ giaddr: RELAY, ...fields }));
  }

  #sendTo(server: string, fields: PacketFields): void {
    this.#parts.unicast(
      server,
      { address: this.address, port: CLIENT_PORT },
      this.#packet({ giaddr: '0.0.0.0', hops: 0, ...fields }),
    );
  }

  #packet(fields: PacketFields): Uint8Array {
    const { transactionId, elapsedSec } = this.#exchange;
    const secs = Math.min(Math.floor(elapsedSec), 0xffff);
    const { hardwareAddress, identifier } = this.#identity;
    const identified: PacketFields['options'] =
      identifier === null ? [] : [[OptionCode.clientIdentifier, identifier]];
    const options = [...(fields.options ?? []), ...identified];
    return packet({ xid: transactionId, mac: hardwareAddress, secs, ...fields, options });
  }
}

function serverOf(reply: Reply): string {
  const octets = reply.options.get(OptionCode.serverIdentifier);
  return octets === undefined ? '' : [...octets].join('.');
}
