/**
 * The exchanges of many clients: DISCOVER, OFFER, REQUEST, ACK (RFC 2131 section 3.1), in DHCPv6 SOLICIT, ADVERTISE, REQUEST,
 * REPLY (RFC 8415 section 5.2), with retransmissions that say for how long the client has waited, or renewals. Time and
 * the way out are given from outside, so that the same code runs in the client's thread and in a test.
 */
import { L } from './counters.ts';
import { Exchanges, Waiting } from './exchanges.ts';
import { Asked, Heard, type LoadFamily, type QueryOf } from './family.ts';
import { Recorded } from './ledger-table.ts';
import { IN_FLIGHT_MAX, type LoadMemory, type SessionOptions } from './model.ts';
import { Pace } from './pace.ts';
import { createPopulation, type Population } from './population.ts';

/** Where queries leave. */
export interface QueryOutlet {
  /** The bytes that `reserve` points into. */
  readonly bytes: Uint8Array;
  /** Offset of room for one query. */
  reserve(): number;
  /** Sends the query of so many octets that was written at the reserved offset to every server. */
  send(length: number): void;
}

/** Silences after a REQUEST before the client begins again with DISCOVER: its server may be gone. */
const REQUEST_TRIES_MAX = 2;
/** Silences after a DISCOVER before the exchange is given up. */
const DISCOVER_TRIES_MAX = 12;
/** The retransmission timeout doubles this often. */
const DOUBLINGS_MAX = 2;

/** The counter of each query, by what it asks for. */
const SENT = [L['discover-sent'], L['request-sent'], L['renew-sent'], L['release-sent']];

export class LoadSession {
  readonly #options: SessionOptions;
  readonly #family: LoadFamily;
  readonly #counters: Float64Array;
  readonly #memory: LoadMemory;
  readonly #outlet: QueryOutlet;
  readonly #exchanges: Exchanges;
  readonly #population: Population;
  readonly #pace: Pace;
  readonly #query: QueryOf = { xid: 0, client: 0, place: 0, elapsedUs: 0 };
  #nowUs: number;
  #wallSec = 0;
  #begun = 0;

  constructor(
    options: SessionOptions,
    family: LoadFamily,
    memory: LoadMemory,
    outlet: QueryOutlet,
    nowUs: number,
  ) {
    this.#options = options;
    this.#family = family;
    this.#memory = memory;
    this.#outlet = outlet;
    this.#nowUs = nowUs;
    this.#counters = new Float64Array(memory.counters);
    this.#exchanges = new Exchanges(options.seed, family.xidBits);
    this.#population = createPopulation(options.clients);
    this.#pace = new Pace(nowUs);
  }

  get inFlight(): number {
    return this.#exchanges.inFlight;
  }

  /** Sets the time that holds until the next call. @param nowUs monotonic microseconds @param wallSec Unix seconds */
  setTime(nowUs: number, wallSec: number): void {
    this.#nowUs = nowUs;
    this.#wallSec = wallSec;
  }

  /** Microseconds until the next exchange of a steady rate is due; 0 when one is due and found no room. */
  untilNextUs(ratePerSec: number): number {
    return this.#pace.untilNextUs(ratePerSec);
  }

  /** Begins as many exchanges as window, rate and population allow. */
  begin(ratePerSec: number, inFlightMax: number = this.#options.inFlightMax): void {
    const left = this.#options.exchangesMax === 0 ? Infinity : this.#options.exchangesMax - this.#begun;
    // A window that was narrowed has no room until enough has ended.
    const room = Math.max(0, Math.min(inFlightMax, IN_FLIGHT_MAX, left + this.inFlight) - this.inFlight);
    for (let granted = this.#pace.grant(this.#nowUs, ratePerSec, room); granted > 0; granted--) {
      const client = this.#population.take();
      if (client < 0) break;
      this.#begun++;
      const renews = this.#population.renews(client);
      const place = this.#exchanges.begin(client, renews ? Waiting.renewal : Waiting.offer, this.#nowUs);
      if (renews) this.#family.recall(client, place);
      else this.#family.drop(place);
      this.#send(place);
    }
  }

  /** Takes one datagram from a server. @param server its position in the options, 0 or 1; -1 = nobody we know */
  receive(bytes: Uint8Array, offset: number, length: number, server: number): void {
    const heard = server < 0 ? Heard.malformed : this.#family.read(bytes, offset, length);
    if (heard === Heard.malformed) {
      this.#count(L['malformed-received']);
      return;
    }
    this.#countReply(heard, server);
    const place = this.#exchanges.find(this.#family.xid);
    if (place < 0) this.#count(L['stray-received']);
    else if (heard === Heard.offer) this.#offer(place, server);
    else if (heard === Heard.lease) this.#ack(place, server);
    else if (heard === Heard.refusal) this.#nak(place, server);
  }

  #countReply(heard: Heard, server: number): void {
    if (heard === Heard.offer) {
      this.#count(L['offer-received']);
      this.#count(L['server-0-offers'] + server);
    } else if (heard === Heard.lease) {
      this.#count(L['ack-received']);
      this.#count(L['server-0-acks'] + server);
    } else {
      this.#count(L['nak-received']);
    }
  }

  /** Sends again what has waited too long. */
  retransmit(): void {
    const exchanges = this.#exchanges;
    for (
      let place = exchanges.nextDue(0, this.#nowUs);
      place >= 0;
      place = exchanges.nextDue(place + 1, this.#nowUs)
    ) {
      this.#count(L.timeouts);
      this.#silence(place);
    }
  }

  /** Gives up everything in flight; an answer that comes yet is a late one, no second one. */
  forget(): void {
    const exchanges = this.#exchanges;
    let place = exchanges.nextDue(0, Infinity);
    for (; place >= 0; place = exchanges.nextDue(place + 1, Infinity)) {
      exchanges.repeated[place] = 1;
      this.#count(L.abandoned);
      this.#end(place, false);
    }
  }

  #silence(place: number): void {
    const exchanges = this.#exchanges;
    const tries = exchanges.tries[place]!;
    exchanges.repeated[place] = 1;
    if (exchanges.waiting[place] === Waiting.offer && tries >= DISCOVER_TRIES_MAX) {
      this.#count(L.abandoned);
      this.#end(place, false);
      return;
    }
    if (exchanges.waiting[place] !== Waiting.offer && tries >= REQUEST_TRIES_MAX) this.#startOver(place);
    this.#count(L.retransmitted);
    this.#send(place);
  }

  #offer(place: number, server: number): void {
    const exchanges = this.#exchanges;
    if (exchanges.waiting[place] !== Waiting.offer) {
      this.#surplus(place, exchanges.offeredBy, server);
      return;
    }
    exchanges.offeredBy[place]! |= 1 << server;
    exchanges.waiting[place] = Waiting.ack;
    this.#family.takeOffer(place);
    this.#step(place);
    this.#send(place);
  }

  #ack(place: number, server: number): void {
    const exchanges = this.#exchanges;
    if (exchanges.waiting[place] === Waiting.done) {
      this.#surplus(place, exchanges.answeredBy, server);
      return;
    }
    exchanges.answeredBy[place]! |= 1 << server;
    this.#family.takeLease(place);
    const recorded = this.#family.record(place, exchanges.client[place]!, this.#wallSec);
    if (recorded === Recorded.conflict) this.#count(L['address-conflicts']);
    if (recorded === Recorded.full) this.#count(L['ledger-full']);
    this.#measure(place);
    if (this.#options.releasing) this.#release(place);
    this.#end(place, true);
  }

  /** The client has no more use for its lease; it does not wait for an answer to that. [RFC2131 4.4.6] */
  #release(place: number): void {
    this.#write(place, Asked.release, 0);
    this.#family.recordReleased(place, this.#exchanges.client[place]!, this.#wallSec);
    this.#count(L['release-sent']);
  }

  #nak(place: number, server: number): void {
    const exchanges = this.#exchanges;
    const waiting = exchanges.waiting[place];
    if (waiting === Waiting.done || waiting === Waiting.offer) {
      this.#surplus(place, exchanges.answeredBy, server);
      return;
    }
    exchanges.answeredBy[place]! |= 1 << server;
    this.#startOver(place);
    this.#send(place);
  }

  /** A client without an answer, or refused, goes back to INIT (RFC 2131 section 4.4) but keeps counting its seconds. */
  #startOver(place: number): void {
    this.#exchanges.waiting[place] = Waiting.offer;
    this.#family.drop(place);
    this.#exchanges.repeated[place] = 1;
    this.#step(place);
  }

  #step(place: number): void {
    this.#exchanges.stepUs[place] = this.#nowUs;
    this.#exchanges.tries[place] = 0;
  }

  /** An answer that nobody waits for: the other server's to a query sent once is a fault of the pair. */
  #surplus(place: number, answeredBy: Uint8Array, server: number): void {
    const another = (answeredBy[place]! & (1 << server)) === 0;
    answeredBy[place]! |= 1 << server;
    this.#count(
      another && this.#exchanges.repeated[place] === 0 ? L['duplicate-received'] : L['repeat-received'],
    );
  }

  #measure(place: number): void {
    const exchanges = this.#exchanges;
    const histograms = this.#memory.histograms;
    const ackUs = atLeastOne(this.#nowUs - exchanges.stepUs[place]!);
    const totalUs = atLeastOne(this.#nowUs - exchanges.startedUs[place]!);
    histograms.ackUs.record(ackUs);
    histograms.recentUs.record(totalUs);
    if (totalUs > this.#counters[L['longest-us']]!) this.#counters[L['longest-us']] = totalUs;
    if (exchanges.waiting[place] === Waiting.renewal) {
      this.#count(L['renewals-completed']);
      return;
    }
    histograms.exchangeUs.record(totalUs);
    this.#count(L['exchanges-completed']);
  }

  /** @param holds whether the client has a lease now */
  #end(place: number, holds: boolean): void {
    const client = this.#exchanges.client[place]!;
    if (holds) this.#family.keep(client, place);
    this.#population.giveBack(client, holds);
    this.#exchanges.end(place);
  }

  #send(place: number): void {
    const exchanges = this.#exchanges;
    const asked = askedBy(exchanges.waiting[place]!);
    this.#write(place, asked, this.#nowUs - exchanges.startedUs[place]!);
    const doublings = Math.min(exchanges.tries[place]!, DOUBLINGS_MAX);
    exchanges.retryAtUs[place] = this.#nowUs + this.#options.retryAfterMs * 1000 * 2 ** doublings;
    exchanges.tries[place]! += 1;
    this.#count(SENT[asked]!);
  }

  #write(place: number, asked: Asked, elapsedUs: number): void {
    const query = this.#query;
    query.xid = this.#exchanges.xidOf(place);
    query.client = this.#exchanges.client[place]!;
    query.place = place;
    query.elapsedUs = elapsedUs;
    this.#outlet.send(this.#family.write(asked, query, this.#outlet.bytes, this.#outlet.reserve()));
  }

  #count(cell: number): void {
    this.#counters[cell]! += 1;
  }
}

/** What a client asks for that waits for something. */
function askedBy(waiting: number): Asked {
  if (waiting === Waiting.offer) return Asked.offer;
  return waiting === Waiting.renewal ? Asked.renewal : Asked.lease;
}

/** A histogram takes whole numbers from 1 on. */
function atLeastOne(us: number): number {
  return Math.max(1, Math.round(us));
}
