/** What a modelled Kea answers to DHCPv4 clients: RFC 2131 as Kea does it, for clients with nothing but a hardware address. */
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import { MessageType, OptionCode } from '../../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../../engine/packets.ts';
import type { Random } from '../random.ts';
import { ASSIGNED, DECLINED, type KeaLease, type KeaLeases, RELEASED } from './leases.ts';
import type { Change } from './updates.ts';

export interface KeaPool {
  readonly pool: string;
  /** Whose clients it is for; none = all. */
  readonly 'client-class'?: string;
}

export interface ClientsSettings {
  readonly serverAddress: string;
  readonly leaseSec: number;
  readonly probationSec: number;
  readonly pools: readonly KeaPool[];
}

/** What becomes of a query: leases change, and then a reply leaves. */
export interface Outcome {
  readonly reply: Uint8Array | null;
  readonly changes: readonly Change[];
}

const NOTHING: Outcome = { reply: null, changes: [] };
const REPLY = 2;

export class Clients4 {
  readonly #leases: KeaLeases;
  readonly #random: Random;
  readonly #settings: ClientsSettings;

  constructor(leases: KeaLeases, random: Random, settings: ClientsSettings) {
    this.#leases = leases;
    this.#random = random;
    this.#settings = settings;
  }

  /** @param className of the server whose client it is. @throws Error when the disk takes no row */
  answer(query: Reply, hwAddress: string, className: string): Outcome {
    const wanted = optionAddress(query, OptionCode.serverIdentifier);
    if (wanted !== null && wanted !== this.#settings.serverAddress) return NOTHING;
    switch (query.type) {
      case MessageType.discover:
        return this.#offer(query, hwAddress, className);
      case MessageType.request:
        return this.#grant(query, hwAddress, className);
      case MessageType.release:
        return this.#end(hwAddress, query.ciaddr, RELEASED);
      case MessageType.decline:
        return this.#end(hwAddress, optionAddress(query, OptionCode.requestedAddress) ?? '', DECLINED);
      default:
        return NOTHING;
    }
  }

  /** Nothing is kept of an offer: two clients may be offered the same. */
  #offer(query: Reply, hwAddress: string, className: string): Outcome {
    const mine = this.#leases.of(hwAddress)?.address;
    const free = this.#addresses(className).filter((address) => this.#isFree(address));
    if (mine === undefined && free.length === 0) return NOTHING;
    const address = mine !== undefined && this.#mayHave(mine, className) ? mine : this.#random.pick(free);
    return { reply: this.#reply(query, MessageType.offer, address), changes: [] };
  }

  #grant(query: Reply, hwAddress: string, className: string): Outcome {
    const mine = this.#leases.of(hwAddress);
    const requested = optionAddress(query, OptionCode.requestedAddress);
    const address = requested ?? query.ciaddr;
    const isRebooting = requested !== null && !query.options.has(OptionCode.serverIdentifier);
    // It is not authoritative: of a client that it does not know it says nothing.
    if (isRebooting && mine === undefined) return NOTHING;
    const isMine = mine?.address === address;
    if ((isRebooting && !isMine) || !(isMine || this.#isFree(address)) || !this.#mayHave(address, className))
      return { reply: this.#reply(query, MessageType.nak, '0.0.0.0'), changes: [] };
    const { leaseSec } = this.#settings;
    const lease = { address, hwAddress, clttSec: this.#leases.nowSec, validSec: leaseSec, state: ASSIGNED };
    this.#leases.put(lease);
    const changes = [{ lease, isDeleted: false }];
    if (mine !== undefined && !isMine && this.#leases.remove(mine.address))
      changes.unshift({ lease: mine, isDeleted: true });
    return { reply: this.#reply(query, MessageType.ack, address), changes };
  }

  #end(hwAddress: string, address: string, state: number): Outcome {
    const lease = this.#leases.get(address);
    if (lease === undefined || lease.hwAddress !== hwAddress || lease.state !== ASSIGNED) return NOTHING;
    const { nowSec } = this.#leases;
    const { probationSec } = this.#settings;
    const ended: KeaLease =
      state === DECLINED
        ? { address, hwAddress: '', clttSec: nowSec, validSec: probationSec, state }
        : { ...lease, clttSec: nowSec, validSec: 0, state };
    this.#leases.put(ended);
    return { reply: null, changes: [{ lease: ended, isDeleted: false }] };
  }

  #isFree(address: string): boolean {
    const lease = this.#leases.get(address);
    return lease === undefined || !this.#leases.isInForce(lease);
  }

  #mayHave(address: string, className: string): boolean {
    return this.#addresses(className).includes(address);
  }

  /** Of the pools that a client may use. */
  #addresses(className: string): string[] {
    return this.#settings.pools
      .filter(({ 'client-class': guard }) => guard === undefined || guard === className)
      .flatMap(({ pool }) => {
        const [first, last] = pool.split(' - ').map((text) => parseIpv4(text)!) as [number, number];
        return Array.from({ length: last - first + 1 }, (_, at) => formatIpv4(first + at));
      });
  }

  #reply({ xid, hops, ciaddr, giaddr, mac }: Reply, type: number, address: string): Uint8Array {
    const { serverAddress, leaseSec } = this.#settings;
    const isNak = type === MessageType.nak;
    const lifetime = [leaseSec >>> 24, (leaseSec >>> 16) & 255, (leaseSec >>> 8) & 255, leaseSec & 255];
    const bytes = packet({
      op: REPLY,
      type,
      xid,
      hops,
      ciaddr: isNak ? '0.0.0.0' : ciaddr,
      giaddr,
      mac: hardwareText(mac),
      options: [
        [OptionCode.serverIdentifier, ip(serverAddress)],
        ...(isNak ? [] : [[OptionCode.leaseTime, lifetime] as const]),
      ],
    });
    bytes.set(ip(address), YIADDR);
    return bytes;
  }
}

const YIADDR = 16;

/** @param mac without colons */
export function hardwareText(mac: string): string {
  return mac.replace(/..(?=.)/g, '$&:');
}

function optionAddress(query: Reply, code: number): string | null {
  const octets = query.options.get(code);
  return octets === undefined ? null : [...octets].join('.');
}
