/**
 * DHCPv6 clients behind relays, or on the link of the servers, by RFC 8415: SOLICIT and REQUEST or rapid commit, CONFIRM or REBIND
 * after a reboot, RENEW, REBIND, RELEASE and DECLINE, each asked again with back-off, for an address, a prefix, or several. Relays
 * send every message to all servers.
 */
import { formatHex } from '../../../src/base/hex.ts';
import { CLIENT_PORT, MessageType, OptionCode, SERVER_PORT, StatusCode } from '../../../src/dhcp6/codes.ts';
import { duid, opt, relayed } from '../../engine/dhcp6/messages.ts';
import { Exchange } from '../exchange.ts';
import type { ClientsParts, SimulatedClient } from '../family.ts';
import { Bindings, type Left } from './bindings.ts';
import type { IdentityAssociation } from './identity-association.ts';
import { linkLocalOf } from './link-local.ts';
import { type Reply, readReply } from './reply.ts';
import { type Asking, nextWaitSec, RETRANSMISSION } from './retransmission.ts';
import { identityOf, isDirect, isHeardTwice, isRapid, wishesOf } from './wishes.ts';

const US_PER_SEC = 1e6;
const TRANSACTION_IDS = 0x100_0000;
/** SOL_MAX_DELAY. */
const FIRST_DELAY_SEC = 1;
/** No message is on its way so long. */
const LATE_SEC = 0.5;
/** After a server has refused. */
const REFUSED_SEC = 10;
const ELAPSED_MAX = 0xffff;
/** Of clients that come up: it has lost its memory. */
const FORGETS = 0.2;
/** Of clients that release or decline something: not all. */
const IS_PARTIAL = 0.3;

export const LINK_ADDRESS = '2001:db8:1::1';
const RELAYS = ['2001:db8:1::1', '2001:db8:1::2'];

type Phase = 'silent' | 'bound' | Asking;

const MESSAGES: Readonly<Record<Asking, number>> = {
  soliciting: MessageType.solicit,
  requesting: MessageType.request,
  confirming: MessageType.confirm,
  rebooting: MessageType.rebind,
  renewing: MessageType.renew,
  rebinding: MessageType.rebind,
  releasing: MessageType.release,
  declining: MessageType.decline,
};
/** They are for one server. */
const NAMING: ReadonlySet<Phase> = new Set(['requesting', 'renewing', 'releasing', 'declining']);
const USING: ReadonlySet<Phase> = new Set(['bound', 'renewing', 'rebinding']);

export class Client6 implements SimulatedClient {
  readonly name: string;
  readonly #parts: ClientsParts;
  readonly #duid: Uint8Array;
  readonly #linkLocal: string;
  readonly #isDirect: boolean;
  readonly #relays: readonly string[];
  readonly #isRapid: boolean;
  readonly #bindings: Bindings;
  readonly #exchange: Exchange;
  phase: Phase = 'silent';
  #serverId = new Uint8Array(0);
  #waitSec = 0;
  #advertised: Reply | null = null;
  /** What a RELEASE or DECLINE is about. */
  #given: readonly number[] = [];
  #left: readonly Left[] = [];

  constructor(parts: ClientsParts, number: number) {
    this.#parts = parts;
    this.#exchange = new Exchange(parts, TRANSACTION_IDS);
    this.name = `client${number}`;
    this.#duid = duid(identityOf(number));
    this.#linkLocal = linkLocalOf(number);
    this.#isDirect = isDirect(number);
    this.#relays = isHeardTwice(number) ? RELAYS : RELAYS.slice(0, 1);
    this.#isRapid = isRapid(number);
    this.#bindings = new Bindings(parts, this.name, wishesOf(number), formatHex(this.#duid));
  }

  get isAway(): boolean {
    return this.phase === 'silent' || (this.phase === 'releasing' && this.#bindings.held().length === 0);
  }

  get askedAtUs(): number {
    return this.#exchange.sinceUs;
  }

  get isBound(): boolean {
    return USING.has(this.phase) && this.#bindings.isComplete;
  }

  start(): void {
    const bindings = this.#bindings;
    const { random } = this.#parts;
    if (random.chance(FORGETS)) bindings.drop(bindings.ias);
    const held = bindings.held();
    // A RELEASE that the network delivers behind what comes next would end that.
    if (held.length === 0) this.#solicit(random.next() * FIRST_DELAY_SEC + LATE_SEC);
    // Whoever has a prefix asks for it, and with it for the rest. [RFC8415 18.2.12]
    else if (held.some(({ kind }) => kind === 'pd')) this.#go('rebooting');
    else this.#go('confirming');
  }

  vanish(): void {
    this.#exchange.stop();
    this.phase = 'silent';
  }

  release(): void {
    this.#giveBack('releasing', this.#bindings.held());
  }

  /** Prefixes are never declined. */
  decline(): void {
    const held = this.#bindings.held();
    this.#giveBack(
      'declining',
      held.filter(({ kind }) => kind === 'na'),
    );
  }

  #giveBack(phase: 'releasing' | 'declining', held: readonly IdentityAssociation[]): void {
    const { random, timeline } = this.#parts;
    if (!USING.has(this.phase) || held.length === 0) return;
    const chosen = random.chance(IS_PARTIAL) ? [random.pick(held)] : held;
    timeline.note(this.name, `is ${phase} ${chosen.flatMap(({ leases }) => [...leases.keys()]).join(', ')}`);
    this.#given = chosen.flatMap((ia) => ia.option());
    this.#left = this.#bindings.drop(chosen);
    this.#go(phase);
  }

  #solicit(delaySec = this.#parts.random.next() * FIRST_DELAY_SEC): void {
    this.phase = 'soliciting';
    // No reply of before is its any more.
    this.#exchange.begin();
    this.#exchange.later(delaySec, () => this.#go('soliciting'));
  }

  /** Begins an exchange. */
  #go(phase: Asking): void {
    this.phase = phase;
    this.#exchange.begin();
    this.#bindings.offer(phase === 'requesting' ? this.#advertised : null);
    this.#advertised = null;
    this.#waitSec = 0;
    this.#send(phase);
  }

  #send(phase: Asking): void {
    const exchange = this.#exchange;
    const { random, broadcast, held } = this.#parts;
    exchange.tries++;
    const message = this.#message(phase);
    // Whoever has the same DUID may have it by now, and loses it as well.
    if (phase === 'releasing' || phase === 'declining')
      for (const { owner, address } of this.#left) held.left(owner, address);
    if (this.#isDirect) broadcast({ address: this.#linkLocal, port: CLIENT_PORT }, message);
    else
      for (const address of this.#relays)
        broadcast({ address, port: SERVER_PORT }, relayed(message, LINK_ADDRESS, this.#linkLocal));
    this.#waitSec = nextWaitSec(phase, this.#waitSec, random);
    const leftSec = this.#durationSec(phase) - exchange.elapsedSec;
    const { tries } = RETRANSMISSION[phase];
    const isLast = leftSec <= this.#waitSec || (tries > 0 && exchange.tries >= tries);
    exchange.later(Math.max(Math.min(this.#waitSec, leftSec), 0), () => {
      if (this.#advertised !== null) this.#request(this.#advertised);
      else if (isLast) this.#giveUp(phase);
      else this.#send(phase);
    });
  }

  /** MRD. */
  #durationSec(phase: Asking): number {
    const { sinceUs } = this.#exchange;
    if (phase === 'renewing') return (this.#bindings.t2AtUs - sinceUs) / US_PER_SEC;
    if (phase === 'rebinding') return (this.#bindings.lastUntilUs() - sinceUs) / US_PER_SEC;
    return RETRANSMISSION[phase].duration || Number.POSITIVE_INFINITY;
  }

  /** Nobody has answered. */
  #giveUp(phase: Asking): void {
    switch (phase) {
      case 'renewing':
        return this.#go('rebinding');
      case 'confirming':
      case 'rebooting':
        // It goes on with what it had. [RFC8415 18.2.3]
        return this.#goOn();
      case 'releasing':
      case 'declining':
        return this.#gaveBack(phase);
      default:
        this.#parts.timeline.note(this.name, `is ${phase} in vain`);
        return this.#solicit();
    }
  }

  #gaveBack(phase: 'releasing' | 'declining'): void {
    if (phase === 'declining' || this.#bindings.held().length > 0) return this.#goOn();
    this.vanish();
  }

  /** With what it has, as long as that is good. */
  #goOn(): void {
    const { t1AtUs, t2AtUs } = this.#bindings;
    const { nowUs } = this.#parts.agenda;
    if (this.#bindings.held().length === 0) return this.#solicit();
    if (nowUs >= t2AtUs) return this.#go('rebinding');
    this.phase = 'bound';
    this.#exchange.later(Math.max((t1AtUs - nowUs) / US_PER_SEC, 1), () => this.#go('renewing'));
  }

  #message(phase: Asking): Uint8Array {
    const { transactionId, elapsedSec } = this.#exchange;
    const elapsed = Math.min(Math.floor(elapsedSec * 100), ELAPSED_MAX);
    const isGivingBack = phase === 'releasing' || phase === 'declining';
    this.#bindings.held();
    return Uint8Array.from([
      MESSAGES[phase],
      transactionId >>> 16,
      (transactionId >>> 8) & 255,
      transactionId & 255,
      ...opt(OptionCode.clientId, this.#duid),
      ...(NAMING.has(phase) ? opt(OptionCode.serverId, this.#serverId) : []),
      ...(isGivingBack ? this.#given : this.#bindings.options()),
      ...opt(OptionCode.elapsedTime, [elapsed >>> 8, elapsed & 255]),
      ...(phase === 'soliciting' && this.#isRapid ? opt(OptionCode.rapidCommit) : []),
    ]);
  }

  awaits(transactionId: number): boolean {
    return (
      transactionId === this.#exchange.transactionId && this.phase !== 'silent' && this.phase !== 'bound'
    );
  }

  hear(bytes: Uint8Array): void {
    const reply = readReply(bytes);
    if (!this.awaits(reply.transactionId)) return;
    if (reply.type === MessageType.advertise) this.#hearAdvertise(reply);
    else if (reply.type === MessageType.reply) this.#hearReply(reply);
  }

  /** It waits for further ones until it would ask again; then the first one is taken. [RFC8415 18.2.1] */
  #hearAdvertise(reply: Reply): void {
    if (this.phase !== 'soliciting' || Bindings.offeredBy(reply) === 0) return;
    const best = this.#advertised;
    if (best === null || Bindings.offeredBy(reply) > Bindings.offeredBy(best)) this.#advertised = reply;
    if (this.#exchange.tries > 1) this.#request(this.#advertised!);
  }

  #request(advertised: Reply): void {
    this.#advertised = advertised;
    this.#serverId = advertised.serverId.slice();
    this.#go('requesting');
  }

  #hearReply(reply: Reply): void {
    switch (this.phase) {
      case 'soliciting':
        if (this.#isRapid && reply.isRapid) this.#take(reply);
        break;
      case 'confirming':
        if (reply.status === StatusCode.notOnLink) {
          this.#bindings.drop(this.#bindings.ias);
          this.#solicit();
        } else this.#goOn();
        break;
      case 'releasing':
      case 'declining':
        this.#gaveBack(this.phase);
        break;
      default:
        this.#take(reply);
    }
  }

  #take(reply: Reply): void {
    const bindings = this.#bindings;
    this.#serverId = reply.serverId.slice();
    const isUnknown = bindings.take(reply, this.#exchange.sinceUs);
    // What the server does not know it may give all the same. [RFC8415 18.2.10.1]
    if (isUnknown && this.phase !== 'requesting') return this.#go('requesting');
    if (bindings.held().length > 0) return this.#goOn();
    this.#parts.timeline.note(this.name, 'is given nothing');
    this.#solicit(REFUSED_SEC);
  }
}
