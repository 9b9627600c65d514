/** What a lease that comes from a file or a command says of its relay, in the form of agent-info.ts; see ../relay-context.ts. */
import { emptyRange } from '../../base/byte-range.ts';
import { parseHex } from '../../base/hex.ts';
import type { ExtendedInfoChecks } from '../../config/model.ts';
import { OptionTable } from '../../dhcp4/option-table.ts';
import {
  type CheckedContext,
  checkRelayContext,
  isIdentifier,
  isMap,
  type JsonMap,
  type RelayContext,
  strangerIn,
} from '../relay-context.ts';
import { AGENT_BYTES_MAX, AGENT_INFO, RELAY_ID, REMOTE_ID } from './agent-info.ts';

const table = new OptionTable(AGENT_BYTES_MAX, false);
const range = emptyRange();
const KNOWN = ['sub-options', 'remote-id', 'relay-id', 'comment'];

const agentContext: RelayContext = {
  names: [AGENT_INFO],
  read(isc) {
    const info = isc[AGENT_INFO];
    if (info === undefined) return null;
    const upgraded = typeof info === 'string' ? upgrade(info) : null;
    return upgraded === null ? { info, isOlder: false } : { info: upgraded, isOlder: true };
  },
  faultOf: ({ info }, checks) => faultOf(info, checks),
};

/** @param text one JSON map, or nothing */
export function checkExtendedInfo(text: string, checks: ExtendedInfoChecks): CheckedContext {
  return checkRelayContext(agentContext, text, checks);
}

/** The map in place of Kea 2.2's string; null when that is not hexadecimal. */
function upgrade(info: string): JsonMap | null {
  const bytes = octetsOf(info);
  if (bytes === null) return null;
  table.walk(bytes, 0, Math.min(bytes.length, AGENT_BYTES_MAX));
  return { 'sub-options': info, ...identifier('relay-id', RELAY_ID), ...identifier('remote-id', REMOTE_ID) };
}

function identifier(name: string, code: number): JsonMap {
  if (!table.find(code, range) || range.length === 0) return {};
  const octets = range.bytes.subarray(range.offset, range.offset + range.length);
  return { [name]: Buffer.from(octets).toString('hex').toUpperCase() };
}

function faultOf(info: unknown, checks: ExtendedInfoChecks): string | null {
  if (typeof info === 'string') return `${AGENT_INFO} is not hexadecimal`;
  if (!isMap(info)) return `${AGENT_INFO} is neither a map nor a string`;
  if (checks === 'fix') return null;
  const options = info['sub-options'];
  if (options !== undefined && (typeof options !== 'string' || octetsOf(options) === null))
    return 'sub-options is not hexadecimal';
  for (const name of ['remote-id', 'relay-id'])
    if (info[name] !== undefined && !isIdentifier(info[name])) return `${name} is not hexadecimal`;
  if (checks === 'strict') return null;
  const stranger = strangerIn(info, KNOWN);
  return stranger === null ? null : `${stranger} does not belong to ${AGENT_INFO}`;
}

/** Octets of "0x0102", "0102" or "01:02"; of nothing none. Null when it is something else. */
function octetsOf(text: string): Uint8Array | null {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  return /^([0-9a-fA-F]{2})*$/.test(digits) ? Buffer.from(digits, 'hex') : parseHex(text);
}
