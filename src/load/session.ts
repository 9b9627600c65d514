/**
 * The exchanges of many clients behind one relay: DISCOVER, OFFER, REQUEST, ACK (RFC 2131 section 3.1), with
 * retransmissions whose `secs` rise (section 4.1), or renewals. Time and the way out are given from outside, so that the
 * same code runs in the client's thread and in a test.
 */
import { MessageType } from '../dhcp4/codes.ts';
import { L } from './counters.ts';
import { Exchanges, Waiting } from './exchanges.ts';
import { Ledger, Recorded } from './ledger.ts';
import { IN_FLIGHT_MAX, type LoadMemory, type LoadOptions } from './model.ts';
import { Pace } from './pace.ts';
import { createPopulation, type Population } from './population.ts';
import { type QueryFields, QueryWriter } from './query.ts';
import { type ReplyFields, readReply } from './reply.ts';

/** Where queries leave. */
export interface QueryOutlet {
  /** The bytes that `reserve` points into. */
  readonly bytes: Uint8Array;
  /** Offset of room for one query. */
  reserve(): number;
  /** Sends the query that was written at the reserved offset to every server. */
  send(): void;
}

/** Silences after a REQUEST before the client begins again with DISCOVER: its server may be gone. */
const REQUEST_TRIES_MAX = 2;
/** Silences after a DISCOVER before the exchange is given up. */
const DISCOVER_TRIES_MAX = 12;
/** The retransmission timeout doubles this often. */
const DOUBLINGS_MAX = 2;
const SECS_MAX = 0xffff;

export class RelaySession {
  readonly #options: LoadOptions;
  readonly #counters: Float64Array;
  readonly #memory: LoadMemory;
  readonly #ledger: Ledger;
  readonly #outlet: QueryOutlet;
  readonly #writer: QueryWriter;
  readonly #exchanges: Exchanges;
  readonly #population: Population;
  readonly #pace: Pace;
  readonly #query: QueryFields = {
    xid: 0,
    client: 0,
    secs: 0,
    ciaddr: 0,
    requestedAddress: 0,
    serverIdentifier: 0,
  };
  readonly #reply: ReplyFields = { messageType: 0, xid: 0, yiaddr: 0, serverIdentifier: 0, leaseTimeSec: 0 };
  #nowUs: number;
  #wallSec = 0;
  #begun = 0;

  constructor(options: LoadOptions, memory: LoadMemory, outlet: QueryOutlet, nowUs: number) {
    this.#options = options;
    this.#memory = memory;
    this.#outlet = outlet;
    this.#nowUs = nowUs;
    this.#counters = new Float64Array(memory.counters);
    this.#ledger = new Ledger(memory.ledger);
    this.#writer = new QueryWriter(options.relay.address, options.seed, options);
    this.#exchanges = new Exchanges(options.seed);
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
      const held = this.#population.heldBy(client);
      const place = this.#exchanges.begin(client, held === 0 ? Waiting.offer : Waiting.renewal, this.#nowUs);
      this.#exchanges.address[place] = held;
      this.#send(place);
    }
  }

  /** Takes one datagram from a server. @param server its position in the options, 0 or 1; -1 = nobody we know */
  receive(bytes: Uint8Array, offset: number, length: number, server: number): void {
    const reply = this.#reply;
    if (server < 0 || !readReply(bytes, offset, length, reply)) {
      this.#count(L['malformed-received']);
      return;
    }
    this.#countReply(reply.messageType, server);
    const place = this.#exchanges.find(reply.xid);
    if (place < 0) this.#count(L['stray-received']);
    else if (reply.messageType === MessageType.offer) this.#offer(place, server);
    else if (reply.messageType === MessageType.ack) this.#ack(place, server);
    else if (reply.messageType === MessageType.nak) this.#nak(place, server);
  }

  #countReply(messageType: number, server: number): void {
    if (messageType === MessageType.offer) {
      this.#count(L['offer-received']);
      this.#count(L['server-0-offers'] + server);
    } else if (messageType === MessageType.ack) {
      this.#count(L['ack-received']);
      this.#count(L['server-0-acks'] + server);
    } else {
      this.#count(messageType === MessageType.nak ? L['nak-received'] : L['malformed-received']);
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
      this.#end(place, 0);
    }
  }

  #silence(place: number): void {
    const exchanges = this.#exchanges;
    const tries = exchanges.tries[place]!;
    exchanges.repeated[place] = 1;
    if (exchanges.waiting[place] === Waiting.offer && tries >= DISCOVER_TRIES_MAX) {
      this.#count(L.abandoned);
      this.#end(place, 0);
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
    exchanges.address[place] = this.#reply.yiaddr;
    exchanges.serverIdentifier[place] = this.#reply.serverIdentifier;
    this.#step(place);
    this.#send(place);
  }

  #ack(place: number, server: number): void {
    const exchanges = this.#exchanges;
    const { yiaddr, leaseTimeSec } = this.#reply;
    if (exchanges.waiting[place] === Waiting.done) {
      this.#surplus(place, exchanges.answeredBy, server);
      return;
    }
    exchanges.answeredBy[place]! |= 1 << server;
    const recorded = this.#ledger.record(yiaddr, exchanges.client[place]!, this.#wallSec, leaseTimeSec);
    if (recorded === Recorded.conflict) this.#count(L['address-conflicts']);
    if (recorded === Recorded.full) this.#count(L['ledger-full']);
    this.#measure(place);
    if (this.#options.releasing) this.#release(place, yiaddr);
    this.#end(place, yiaddr);
  }

  /** The client has no more use for its lease; nobody answers that. [RFC2131 4.4.6] */
  #release(place: number, address: number): void {
    const exchanges = this.#exchanges;
    const query = this.#query;
    query.xid = exchanges.xidOf(place);
    query.client = exchanges.client[place]!;
    query.secs = 0;
    query.ciaddr = address;
    query.requestedAddress = 0;
    query.serverIdentifier = exchanges.serverIdentifier[place]!;
    this.#writer.write(this.#outlet.bytes, this.#outlet.reserve(), MessageType.release, query);
    this.#outlet.send();
    this.#ledger.record(address, query.client, this.#wallSec, 0);
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
    this.#exchanges.address[place] = 0;
    this.#exchanges.serverIdentifier[place] = 0;
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

  #end(place: number, address: number): void {
    this.#population.giveBack(this.#exchanges.client[place]!, address);
    this.#exchanges.end(place);
  }

  #send(place: number): void {
    const exchanges = this.#exchanges;
    const query = this.#query;
    const waiting = exchanges.waiting[place];
    const renewal = waiting === Waiting.renewal;
    query.xid = exchanges.xidOf(place);
    query.client = exchanges.client[place]!;
    query.secs = Math.min(Math.floor((this.#nowUs - exchanges.startedUs[place]!) / 1e6), SECS_MAX);
    query.ciaddr = renewal ? exchanges.address[place]! : 0;
    query.requestedAddress = renewal ? 0 : exchanges.address[place]!;
    query.serverIdentifier = exchanges.serverIdentifier[place]!;
    const messageType = waiting === Waiting.offer ? MessageType.discover : MessageType.request;
    this.#writer.write(this.#outlet.bytes, this.#outlet.reserve(), messageType, query);
    this.#outlet.send();
    const doublings = Math.min(exchanges.tries[place]!, DOUBLINGS_MAX);
    exchanges.retryAtUs[place] = this.#nowUs + this.#options.retryAfterMs * 1000 * 2 ** doublings;
    exchanges.tries[place]! += 1;
    this.#count(
      waiting === Waiting.offer ? L['discover-sent'] : renewal ? L['renew-sent'] : L['request-sent'],
    );
  }

  #count(cell: number): void {
    this.#counters[cell]! += 1;
  }
}

/** A histogram takes whole numbers from 1 on. */
function atLeastOne(us: number): number {
  return Math.max(1, Math.round(us));
}
