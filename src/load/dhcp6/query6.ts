/**
 * The queries of DHCPv6 clients, in the relay's message around them when there is one (RFC 8415 sections 8, 9 and 18.2).
 *
 *     RELAY-FORW   12 | hops 0 | link-address[16] | peer-address[16] | 9: what follows
 *     message      msg-type | transaction-id[3]
 *     1   client identifier     DUID-LLT
 *     2   server identifier     not in a SOLICIT
 *     3   IA_NA                 IAID 1, with the address that is asked for, extended or given back
 *     25  IA_PD                 IAID 2, with the prefix
 *     6   option request        23, 24
 *     8   elapsed time          hundredths of a second
 */
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import {
  IA_ADDRESS_BYTES,
  IA_HEADER_BYTES,
  IA_PREFIX_BYTES,
  LINK_ADDRESS_OFFSET,
  MessageType,
  OPTION_HEADER_BYTES,
  OPTIONS_OFFSET,
  OptionCode,
  PEER_ADDRESS_OFFSET,
  RELAY_OPTIONS_OFFSET,
} from '../../dhcp6/codes.ts';
import { DUID_BYTES_MAX } from '../../dhcp6/duid.ts';
import { Asked, type QueryOf } from '../family.ts';
import { DUID_BYTES, writeDuid, writeWord } from '../identity.ts';
import type { LoadOptions6 } from '../model.ts';
import { type Leases6, NO_SERVER } from './leases6.ts';
import type { ServerIds } from './server-ids.ts';

export const NA_IAID = 1;
export const PD_IAID = 2;

/** DNS servers and search list (RFC 3646). */
const REQUESTED = [23, 24];
const ELAPSED_MAX = 0xffff;
const US_PER_HUNDREDTH = 10_000;

/** Octets of the longest query. */
export const QUERY_BYTES_6 =
  RELAY_OPTIONS_OFFSET +
  OPTION_HEADER_BYTES +
  OPTIONS_OFFSET +
  (OPTION_HEADER_BYTES + DUID_BYTES) +
  (OPTION_HEADER_BYTES + DUID_BYTES_MAX) +
  2 * (OPTION_HEADER_BYTES + IA_HEADER_BYTES + OPTION_HEADER_BYTES + IA_PREFIX_BYTES) +
  (OPTION_HEADER_BYTES + REQUESTED.length * 2) +
  (OPTION_HEADER_BYTES + 2);

const TYPES = [MessageType.solicit, MessageType.request, MessageType.renew, MessageType.release];

export class QueryWriter6 {
  readonly #seed: number;
  readonly #wants: LoadOptions6['wants'];
  /** Null = clients on the link. */
  readonly #relay: Uint8Array | null;
  readonly #leases: Leases6;
  readonly #servers: ServerIds;

  /** @param leases by place of an exchange @throws when the link address is none */
  constructor(
    { seed, wants, link, linkAddress }: Pick<LoadOptions6, 'seed' | 'wants' | 'link' | 'linkAddress'>,
    leases: Leases6,
    servers: ServerIds,
  ) {
    this.#seed = seed;
    this.#wants = wants;
    this.#relay = link === null ? relayHeader(linkAddress) : null;
    this.#leases = leases;
    this.#servers = servers;
  }

  /** Writes one query. @returns its octets, at most `QUERY_BYTES_6` */
  write(asked: Asked, query: QueryOf, bytes: Uint8Array, offset: number): number {
    if (this.#relay === null) return this.#writeMessage(asked, query, bytes, offset) - offset;
    bytes.set(this.#relay, offset);
    const client = offset + PEER_ADDRESS_OFFSET + IPV6_BYTES - 4;
    writeWord(bytes, client, query.client);
    const message = offset + RELAY_OPTIONS_OFFSET + OPTION_HEADER_BYTES;
    const end = this.#writeMessage(asked, query, bytes, message);
    writeHeader(bytes, offset + RELAY_OPTIONS_OFFSET, OptionCode.relayMessage, end - message);
    return end - offset;
  }

  #writeMessage(asked: Asked, query: QueryOf, bytes: Uint8Array, at: number): number {
    const { place } = query;
    // The type stands in the octet that the transaction id leaves free.
    writeWord(bytes, at, ((TYPES[asked]! << 24) | query.xid) >>> 0);
    at = writeHeader(bytes, at + OPTIONS_OFFSET, OptionCode.clientId, DUID_BYTES);
    at = writeDuid(bytes, at, this.#seed, query.client);
    const server = this.#leases.servers[place]!;
    if (asked !== Asked.offer && server !== NO_SERVER) {
      at = writeHeader(bytes, at, OptionCode.serverId, this.#servers.lengthOf(server));
      at = this.#servers.write(server, bytes, at);
    }
    if (this.#wants !== 'pd') at = this.#writeNa(bytes, at, place, asked);
    if (this.#wants !== 'na') at = this.#writePd(bytes, at, place, asked);
    at = writeHeader(bytes, at, OptionCode.optionRequest, REQUESTED.length * 2);
    for (let i = 0; i < REQUESTED.length; i++) at = writeHalf(bytes, at, REQUESTED[i]!);
    at = writeHeader(bytes, at, OptionCode.elapsedTime, 2);
    return writeHalf(bytes, at, Math.min(Math.floor(query.elapsedUs / US_PER_HUNDREDTH), ELAPSED_MAX));
  }

  #writeNa(bytes: Uint8Array, at: number, place: number, asked: Asked): number {
    const inside = asked === Asked.offer ? 0 : OPTION_HEADER_BYTES + IA_ADDRESS_BYTES;
    at = writeIa(bytes, at, OptionCode.iaNa, NA_IAID, inside);
    if (inside === 0) return at;
    at = writeHeader(bytes, at, OptionCode.iaAddress, IA_ADDRESS_BYTES);
    at = copyAddress(bytes, at, this.#leases.addresses, place);
    return writeNoLifetimes(bytes, at);
  }

  #writePd(bytes: Uint8Array, at: number, place: number, asked: Asked): number {
    const inside = asked === Asked.offer ? 0 : OPTION_HEADER_BYTES + IA_PREFIX_BYTES;
    at = writeIa(bytes, at, OptionCode.iaPd, PD_IAID, inside);
    if (inside === 0) return at;
    at = writeHeader(bytes, at, OptionCode.iaPrefix, IA_PREFIX_BYTES);
    at = writeNoLifetimes(bytes, at);
    bytes[at] = this.#leases.prefixLengths[place]!;
    return copyAddress(bytes, at + 1, this.#leases.prefixes, place);
  }
}

/** The relay's message up to the client's own octets of the peer address: fe80:: and the number of the client. */
function relayHeader(linkAddress: string): Uint8Array {
  const link = parseIpv6(linkAddress);
  if (link === null) throw new Error(`not an IPv6 address: ${linkAddress}`);
  const header = new Uint8Array(RELAY_OPTIONS_OFFSET);
  header[0] = MessageType.relayForward;
  header.set(link, LINK_ADDRESS_OFFSET);
  header.set([0xfe, 0x80], PEER_ADDRESS_OFFSET);
  return header;
}

function writeIa(bytes: Uint8Array, at: number, code: number, iaid: number, inside: number): number {
  at = writeHeader(bytes, at, code, IA_HEADER_BYTES + inside);
  writeWord(bytes, at, iaid);
  return writeNoLifetimes(bytes, at + 4);
}

/** Two times that are the server's to choose. */
function writeNoLifetimes(bytes: Uint8Array, at: number): number {
  writeWord(bytes, at, 0);
  writeWord(bytes, at + 4, 0);
  return at + 8;
}

function copyAddress(bytes: Uint8Array, at: number, addresses: Uint8Array, place: number): number {
  for (let i = 0; i < IPV6_BYTES; i++) bytes[at + i] = addresses[place * IPV6_BYTES + i]!;
  return at + IPV6_BYTES;
}

function writeHeader(bytes: Uint8Array, at: number, code: number, length: number): number {
  return writeHalf(bytes, writeHalf(bytes, at, code), length);
}

function writeHalf(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  return at + 2;
}
