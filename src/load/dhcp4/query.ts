/**
 * The queries of the load client, as a relay forwards them: BOOTREQUEST, hops 1, giaddr = the relay (RFC 1542 section 4.1);
 * without a relay as its clients send them.
 *
 *     240 octets of header and magic cookie
 *     53  message type
 *     61  client identifier
 *     12  host name              where clients have one
 *     50  requested address      only in a REQUEST of state SELECTING
 *     54  server identifier      only in a REQUEST of state SELECTING, and in a RELEASE
 *     55  parameter request list
 *     60  vendor class           where clients have one
 *     82  link selection         where the relay says which subnet it is (RFC 3527)
 *     255, zeros up to 300 octets (the smallest BOOTP message, RFC 1542 section 2.1), or 332 with long names
 */
import { assert } from '../../base/assert.ts';
import {
  AgentCode,
  BOOTREQUEST,
  BROADCAST_FLAG,
  CHADDR_OFFSET,
  CIADDR_OFFSET,
  COOKIE_OFFSET,
  FLAGS_OFFSET,
  GIADDR_OFFSET,
  HLEN_OFFSET,
  HOPS_OFFSET,
  HTYPE_OFFSET,
  MAGIC_COOKIE,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  SECS_OFFSET,
  XID_OFFSET,
} from '../../dhcp4/codes.ts';
import {
  DUID_CLIENT_ID_BYTES,
  HARDWARE_BYTES,
  HARDWARE_CLIENT_ID_BYTES,
  HOST_NAME_BYTES,
  writeDuidClientId,
  writeHardwareAddress,
  writeHardwareClientId,
  writeHostName,
  writeWord,
} from '../identity.ts';
import { type Links, LOAD_DEFAULTS, type LoadOptions } from '../model.ts';

/** Octets of a query, and of one of clients with long names. */
export const QUERY_BYTES = 300;
const LONG_QUERY_BYTES = 332;
const ETHERNET = 1;
/** Octets of option 60 that a query has room for beside all others. */
export const VENDOR_CLASS_BYTES_MAX = 15;
const LINK_BITS = 8;

const REQUEST_LIST = [
  OptionCode.subnetMask,
  OptionCode.routers,
  OptionCode.domainNameServers,
  OptionCode.domainName,
  OptionCode.leaseTime,
  OptionCode.serverIdentifier,
  OptionCode.renewalTime,
  OptionCode.rebindingTime,
];

/** What differs between queries; one object is reused for all of them. */
export interface QueryFields {
  xid: number;
  client: number;
  /** Seconds since the client began, 0..65535. */
  secs: number;
  /** Of a renewing client, else 0. */
  ciaddr: number;
  /** Option 50, or 0 for none. */
  requestedAddress: number;
  /** Option 54, or 0 for none. */
  serverIdentifier: number;
}

/** Octets of each query of a load. */
export function queryBytes({ identity }: Pick<LoadOptions, 'identity'>): number {
  return identity === 'duid' ? LONG_QUERY_BYTES : QUERY_BYTES;
}

/** Writes queries of one relay and one seed of clients. */
export class QueryWriter {
  readonly #seed: number;
  readonly #bytes: number;
  readonly #hasDuid: boolean;
  readonly #header: Uint8Array;
  readonly #vendorClass: Uint8Array;
  readonly #links: Links | null;

  /** @param giaddr the relay's address, 0 = there is none @param seed 0..255, see identity.ts */
  constructor(
    giaddr: number,
    seed: number,
    more: Partial<Pick<LoadOptions, 'links' | 'vendorClass' | 'identity'>> = {},
  ) {
    const { links, vendorClass, identity } = { ...LOAD_DEFAULTS, ...more };
    this.#seed = seed;
    this.#bytes = queryBytes({ identity });
    this.#hasDuid = identity === 'duid';
    this.#links = links;
    this.#vendorClass = new TextEncoder().encode(vendorClass);
    assert(this.#vendorClass.length <= VENDOR_CLASS_BYTES_MAX, 'a query has room for the vendor class');
    this.#header = new Uint8Array(OPTIONS_OFFSET);
    this.#header[OP_OFFSET] = BOOTREQUEST;
    this.#header[HTYPE_OFFSET] = ETHERNET;
    this.#header[HLEN_OFFSET] = HARDWARE_BYTES;
    this.#header[HOPS_OFFSET] = giaddr === 0 ? 0 : 1;
    // A client on the link has no address that the answer could be sent to. [RFC2131 4.1]
    if (giaddr === 0) this.#header[FLAGS_OFFSET] = BROADCAST_FLAG >>> 8;
    writeWord(this.#header, GIADDR_OFFSET, giaddr);
    writeWord(this.#header, COOKIE_OFFSET, MAGIC_COOKIE);
  }

  /** Writes one query of `queryBytes` octets at `offset`. @param messageType `MessageType.discover`, `.request` or `.release` */
  write(bytes: Uint8Array, offset: number, messageType: number, fields: QueryFields): void {
    bytes.set(this.#header, offset);
    writeWord(bytes, offset + XID_OFFSET, fields.xid);
    bytes[offset + SECS_OFFSET] = fields.secs >>> 8;
    bytes[offset + SECS_OFFSET + 1] = fields.secs;
    writeWord(bytes, offset + CIADDR_OFFSET, fields.ciaddr);
    writeHardwareAddress(bytes, offset + CHADDR_OFFSET, this.#seed, fields.client);
    let at = offset + OPTIONS_OFFSET;
    bytes[at++] = OptionCode.messageType;
    bytes[at++] = 1;
    bytes[at++] = messageType;
    at = this.#writeNames(bytes, at, fields.client);
    if (messageType !== MessageType.discover) at = writeSelection(bytes, at, fields);
    bytes[at++] = OptionCode.parameterRequestList;
    bytes[at++] = REQUEST_LIST.length;
    for (let i = 0; i < REQUEST_LIST.length; i++) bytes[at++] = REQUEST_LIST[i]!;
    at = this.#writeVendorClass(bytes, at);
    if (this.#links !== null) at = writeLink(bytes, at, linkOf(fields.client, this.#links));
    bytes[at++] = OptionCode.end;
    bytes.fill(0, at, offset + this.#bytes);
  }

  #writeNames(bytes: Uint8Array, at: number, client: number): number {
    bytes[at] = OptionCode.clientIdentifier;
    if (!this.#hasDuid) {
      bytes[at + 1] = HARDWARE_CLIENT_ID_BYTES;
      return writeHardwareClientId(bytes, at + 2, this.#seed, client);
    }
    bytes[at + 1] = DUID_CLIENT_ID_BYTES;
    at = writeDuidClientId(bytes, at + 2, this.#seed, client);
    bytes[at] = OptionCode.hostName;
    bytes[at + 1] = HOST_NAME_BYTES;
    return writeHostName(bytes, at + 2, client);
  }

  #writeVendorClass(bytes: Uint8Array, at: number): number {
    const { length } = this.#vendorClass;
    if (length === 0) return at;
    bytes[at] = OptionCode.vendorClass;
    bytes[at + 1] = length;
    bytes.set(this.#vendorClass, at + 2);
    return at + 2 + length;
  }
}

function linkOf(client: number, { first, count }: Links): number {
  return first + ((client % count) << LINK_BITS);
}

/** Option 82 with the one sub-option. [RFC3527 3] */
function writeLink(bytes: Uint8Array, at: number, link: number): number {
  bytes[at] = OptionCode.relayAgentInformation;
  bytes[at + 1] = 6;
  return writeAddressOption(bytes, at + 2, AgentCode.linkSelection, link);
}

/** Options 50 and 54, each if it has a value. */
function writeSelection(bytes: Uint8Array, at: number, fields: QueryFields): number {
  if (fields.requestedAddress !== 0) {
    at = writeAddressOption(bytes, at, OptionCode.requestedAddress, fields.requestedAddress);
  }
  if (fields.serverIdentifier !== 0) {
    at = writeAddressOption(bytes, at, OptionCode.serverIdentifier, fields.serverIdentifier);
  }
  return at;
}

function writeAddressOption(bytes: Uint8Array, at: number, code: number, address: number): number {
  bytes[at] = code;
  bytes[at + 1] = 4;
  writeWord(bytes, at + 2, address);
  return at + 6;
}
