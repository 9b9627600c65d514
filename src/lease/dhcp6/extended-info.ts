/** What a lease that comes from a file or a command says of its relays, in the form of relay-info.ts; see ../relay-context.ts. */
import { parseHex } from '../../base/hex.ts';
import { parseIpv6 } from '../../base/ipv6-text.ts';
import type { ExtendedInfoChecks } from '../../config/model.ts';
import { OptionCode } from '../../dhcp6/codes.ts';
import { OptionReader } from '../../dhcp6/option-reader.ts';
import {
  type CheckedContext,
  checkRelayContext,
  isIdentifier,
  isMap,
  type JsonMap,
  type RelayContext,
  strangerIn,
} from '../relay-context.ts';
import { RELAY_INFO } from './relay-info.ts';

/** The list of Kea 2.2. */
const RELAYS = 'relays';
const IDENTIFIERS = { 'relay-id': OptionCode.relayId, 'remote-id': OptionCode.remoteId };
const KNOWN = ['hop', 'link', 'peer', 'options', ...Object.keys(IDENTIFIERS), 'comment'];

const relaysContext: RelayContext = {
  names: [RELAY_INFO, RELAYS],
  read(isc) {
    const { [RELAY_INFO]: info, [RELAYS]: older } = isc;
    if (info !== undefined) return { info, isOlder: older !== undefined };
    if (older === undefined) return null;
    return { info: Array.isArray(older) ? older.map(upgrade) : older, isOlder: true };
  },
  faultOf({ info, isOlder }, checks) {
    if (!Array.isArray(info)) return `${RELAY_INFO} is no list`;
    if (info.length === 0) return `${RELAY_INFO} is empty`;
    // [Kea] Identifiers are not looked at where they have just been read out of the options.
    const identifiers = isOlder ? [] : Object.keys(IDENTIFIERS);
    return info.reduce<string | null>((fault, relay) => fault ?? faultOf(relay, identifiers, checks), null);
  },
};

/** @param text one JSON map, or nothing */
export function checkExtendedInfo6(text: string, checks: ExtendedInfoChecks): CheckedContext {
  return checkRelayContext(relaysContext, text, checks);
}

/** A relay with the identifiers that its options hold; as it is where they cannot be read. */
function upgrade(relay: unknown): unknown {
  if (!isMap(relay) || typeof relay['options'] !== 'string') return relay;
  const octets = octetsOf(relay['options']);
  if (octets === null) return relay;
  const found: Record<string, string> = {};
  for (const [name, code] of Object.entries(IDENTIFIERS)) {
    const options = new OptionReader(octets);
    options.point(0, octets.length);
    if (!options.find(code) || options.length === 0) continue;
    const { offset, length } = options;
    found[name] = Buffer.from(octets.subarray(offset, offset + length))
      .toString('hex')
      .toUpperCase();
  }
  return { ...relay, ...found };
}

function faultOf(relay: unknown, identifiers: readonly string[], checks: ExtendedInfoChecks): string | null {
  if (!isMap(relay)) return 'a relay is no map';
  const options = relay['options'];
  if (options !== undefined && (typeof options !== 'string' || octetsOf(options) === null))
    return 'options is not hexadecimal';
  if (checks === 'fix') return null;
  if (!isAddress(relay['link'])) return 'link is no IPv6 address';
  for (const name of identifiers)
    if (relay[name] !== undefined && !isIdentifier(relay[name])) return `${name} is not hexadecimal`;
  return checks === 'strict' ? null : strangeness(relay);
}

function strangeness(relay: JsonMap): string | null {
  if (!Number.isInteger(relay['hop'])) return 'hop is no whole number';
  if (!isAddress(relay['peer'])) return 'peer is no IPv6 address';
  const stranger = strangerIn(relay, KNOWN);
  return stranger === null ? null : `${stranger} does not belong to a relay`;
}

function isAddress(text: unknown): boolean {
  return typeof text === 'string' && parseIpv6(text) !== null;
}

/** Octets of "0x0102", "0102", "102" or "01:02"; of nothing none. Null when it is something else. */
function octetsOf(text: string): Uint8Array | null {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (!/^[0-9a-fA-F]*$/.test(digits)) return parseHex(text);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}
