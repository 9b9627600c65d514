/** The clients of DHCPv6: an address, a prefix, or one of each. */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { MessageType } from '../../dhcp6/codes.ts';
import { PLACES } from '../exchanges.ts';
import { type Asked, Heard, type LoadFamily, type QueryOf } from '../family.ts';
import { Recorded } from '../ledger-table.ts';
import type { LoadOptions6 } from '../model.ts';
import { Leases6 } from './leases6.ts';
import { ADDRESS_LENGTH, Ledger6 } from './ledger6.ts';
import { QUERY_BYTES_6, QueryWriter6 } from './query6.ts';
import { ReplyReader6 } from './reply6.ts';
import { ServerIds } from './server-ids.ts';

/** From harmless to worst. */
const SEVERITY = [Recorded.again, Recorded.fresh, Recorded.full, Recorded.conflict];

export class LoadFamily6 implements LoadFamily {
  readonly queryBytes = QUERY_BYTES_6;
  readonly xidBits = 24;
  readonly #wantsAddress: boolean;
  readonly #wantsPrefix: boolean;
  readonly #writer: QueryWriter6;
  readonly #ledger: Ledger6;
  readonly #servers = new ServerIds();
  /** By place of an exchange. */
  readonly #leases = new Leases6(PLACES);
  /** By client of a renewing population. */
  readonly #held: Leases6;
  /** The memory that the last datagram stands in, and what reads there. */
  #bytes: Uint8Array = new Uint8Array(0);
  #reply = new ReplyReader6(this.#bytes);
  /** Who has sent it, a number of `#servers`. */
  #server = 0;

  /** @param ledger memory of `allocateLedger6` */
  constructor(options: LoadOptions6, ledger: SharedArrayBuffer) {
    this.#wantsAddress = options.wants !== 'pd';
    this.#wantsPrefix = options.wants !== 'na';
    this.#writer = new QueryWriter6(options, this.#leases, this.#servers);
    this.#ledger = new Ledger6(ledger);
    this.#held = new Leases6(options.clients.kind === 'renewing' ? options.clients.count : 0);
  }

  get xid(): number {
    return this.#reply.xid;
  }

  write(asked: Asked, query: QueryOf, bytes: Uint8Array, offset: number): number {
    return this.#writer.write(asked, query, bytes, offset);
  }

  read(bytes: Uint8Array, offset: number, length: number): Heard {
    // It is the same memory for the whole life of a load.
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#reply = new ReplyReader6(bytes);
    }
    const reply = this.#reply;
    if (!reply.read(offset, length)) return Heard.malformed;
    this.#server = this.#servers.numberOf(bytes, reply.serverAt, reply.serverLength);
    if (this.#server < 0) return Heard.malformed;
    const isAll =
      (!this.#wantsAddress || reply.addressSec > 0) && (!this.#wantsPrefix || reply.prefixSec > 0);
    if (reply.messageType === MessageType.advertise) return isAll ? Heard.offer : Heard.nothing;
    return isAll ? Heard.lease : Heard.refusal;
  }

  takeOffer(place: number): void {
    const { addressAt, prefixAt, prefixLength } = this.#reply;
    const leases = this.#leases;
    leases.servers[place] = this.#server;
    const at = place * IPV6_BYTES;
    if (this.#wantsAddress)
      for (let i = 0; i < IPV6_BYTES; i++) leases.addresses[at + i] = this.#bytes[addressAt + i]!;
    if (!this.#wantsPrefix) return;
    leases.prefixLengths[place] = prefixLength;
    for (let i = 0; i < IPV6_BYTES; i++) leases.prefixes[at + i] = this.#bytes[prefixAt + i]!;
  }

  takeLease(place: number): void {
    this.takeOffer(place);
  }

  drop(place: number): void {
    this.#leases.drop(place);
  }

  record(place: number, client: number, nowSec: number): Recorded {
    return this.#record(place, client, nowSec, this.#reply.addressSec, this.#reply.prefixSec);
  }

  recordReleased(place: number, client: number, nowSec: number): void {
    this.#record(place, client, nowSec, 0, 0);
  }

  keep(client: number, place: number): void {
    if (client < this.#held.count) this.#held.copy(client, this.#leases, place);
  }

  recall(client: number, place: number): void {
    this.#leases.copy(place, this.#held, client);
  }

  #record(place: number, client: number, nowSec: number, addressSec: number, prefixSec: number): Recorded {
    const { addresses, prefixes, prefixLengths } = this.#leases;
    const at = place * IPV6_BYTES;
    const address = this.#wantsAddress
      ? this.#ledger.record(addresses, at, ADDRESS_LENGTH, client, nowSec, addressSec)
      : Recorded.again;
    const prefix = this.#wantsPrefix
      ? this.#ledger.record(prefixes, at, prefixLengths[place]!, client, nowSec, prefixSec)
      : Recorded.again;
    return SEVERITY.indexOf(address) > SEVERITY.indexOf(prefix) ? address : prefix;
  }
}
