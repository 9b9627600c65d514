/** Where the hardware address of a DHCPv6 client can be found out, since no message has a field for it. */
import { type ByteRange, clearRange, emptyRange, setRange } from '../../../base/byte-range.ts';
import { isIpv6LinkLocal } from '../../../base/ipv6.ts';
import type { MacSource } from '../../../config/dhcp6/model.ts';
import { ADDRESS_BYTES } from '../../../dhcp6/codes.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import { findHardwareAddress, NO_HARDWARE } from '../../../dhcp6/duid.ts';
import { HARDWARE_ADDRESS_BYTES_MAX } from '../../../lease/dhcp6/record.ts';
import type { Query6 } from '../query.ts';
import { CableHardware } from './cable-hardware.ts';

/** How an address was found out, with Kea's numbers. */
export const HardwareSource = {
  none: 0,
  duid: 2,
  linkLocal: 4,
  clientLinkLayer: 8,
  remoteId: 16,
  docsisCmts: 64,
  docsisModem: 128,
} as const;

const ETHERNET = 1;
const EUI64_OFFSET = 8;
const MAC_BYTES = 6;
const HARDWARE_TYPE_BYTES = 2;
const ENTERPRISE_BYTES = 4;
/** Of the first octet of an interface identifier: made from an address of 48 bits that is of one station alone. */
const KIND_BITS = 3;
const UNIVERSAL = 2;

/** What `any` stands for, in the order of Kea 3.0. No Kea finds anything by `raw` or `subscriber-id`. */
const ALL: readonly MacSource[] = [
  'client-link-addr-option',
  'duid',
  'ipv6-link-local',
  'remote-id',
  'docsis-cmts',
  'docsis-modem',
];

export class ClientHardware {
  readonly #sources: readonly MacSource[];
  readonly #mac = new Uint8Array(MAC_BYTES);
  readonly #duidAddress = emptyRange();
  readonly #cable = new CableHardware();
  /** 0..20 octets; empty = not known. */
  readonly address: ByteRange = emptyRange();
  /** Hardware type of the IANA registry, u16. */
  type = ETHERNET;
  /** A `HardwareSource`. */
  source: number = HardwareSource.none;

  /** @param sources in the order in which they are tried */
  constructor(sources: readonly MacSource[]) {
    this.#sources = sources.flatMap((source) => (source === 'any' ? ALL : [source]));
  }

  /** Finds the hardware address of the client of a query. */
  find(query: Query6): void {
    clearRange(this.address);
    this.source = HardwareSource.none;
    this.type = ETHERNET;
    for (let i = 0; i < this.#sources.length; i++) if (this.#findBy(this.#sources[i]!, query)) return;
  }

  #findBy(source: MacSource, query: Query6): boolean {
    switch (source) {
      case 'duid':
        return this.#inDuid(query);
      case 'ipv6-link-local':
        return this.#inLinkLocal(query);
      case 'client-link-addr-option':
        return this.#inRelayOption(query);
      case 'remote-id':
        return this.#inRemoteId(query);
      case 'docsis-cmts':
        return this.#cable.findOfCmts(query) && this.#setCable(HardwareSource.docsisCmts);
      case 'docsis-modem':
        return this.#cable.findOfModem(query) && this.#setCable(HardwareSource.docsisModem);
      default:
        return false;
    }
  }

  #inDuid({ duid }: Query6): boolean {
    const found = this.#duidAddress;
    const type = findHardwareAddress(duid, found);
    if (type === NO_HARDWARE) return false;
    return this.#set(type, HardwareSource.duid, found.bytes, found.offset, found.length);
  }

  /** [RFC4291 A] The client's link-local address, if it is made of an address of 48 bits. */
  #inLinkLocal(query: Query6): boolean {
    const { relays } = query;
    if (relays.count === 0) return this.#fromEui64(query.source, 0);
    relays.read(relays.count - 1);
    return this.#fromEui64(relays.bytes, relays.peerAddressOffset);
  }

  #fromEui64(bytes: Uint8Array, address: number): boolean {
    const at = address + EUI64_OFFSET;
    if (!isIpv6LinkLocal(bytes, address) || (bytes[at]! & KIND_BITS) !== UNIVERSAL) return false;
    if (bytes[at + 3] !== 0xff || bytes[at + 4] !== 0xfe) return false;
    const mac = this.#mac;
    for (let i = 0; i < 3; i++) {
      mac[i] = bytes[at + i]!;
      mac[i + 3] = bytes[at + ADDRESS_BYTES - EUI64_OFFSET - 3 + i]!;
    }
    mac[0]! ^= 2;
    return this.#set(ETHERNET, HardwareSource.linkLocal, mac, 0, MAC_BYTES);
  }

  /** [RFC6939 5] What the relay that the client talks to says. */
  #inRelayOption(query: Query6): boolean {
    const { bytes } = query;
    const at = query.field(Field.linkLayerAddressOffset);
    const length = query.field(Field.linkLayerAddressLength) - HARDWARE_TYPE_BYTES;
    if (length < 1) return false;
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    return this.#set(type, HardwareSource.clientLinkLayer, bytes, at + HARDWARE_TYPE_BYTES, length);
  }

  /** [RFC4649] What stands behind the number of the enterprise. [Kea] What of it a lease has room for. */
  #inRemoteId(query: Query6): boolean {
    const length = query.field(Field.remoteIdLength) - ENTERPRISE_BYTES;
    if (length < 1) return false;
    const at = query.field(Field.remoteIdOffset) + ENTERPRISE_BYTES;
    const kept = Math.min(length, HARDWARE_ADDRESS_BYTES_MAX);
    return this.#set(ETHERNET, HardwareSource.remoteId, query.bytes, at, kept);
  }

  #setCable(source: number): boolean {
    const { bytes, offset, length } = this.#cable.address;
    return this.#set(ETHERNET, source, bytes, offset, length);
  }

  /** False when it is longer than a lease can hold. */
  #set(type: number, source: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (length > HARDWARE_ADDRESS_BYTES_MAX) return false;
    setRange(this.address, bytes, offset, length);
    this.type = type;
    this.source = source;
    return true;
  }
}
