/**
 * The lines of the forensic log for commands that change leases, word for word as Kea's legal_log library writes them: what
 * stands in the arguments of a command that was done.
 */
import { encodeKeaJson } from '../base/kea-json.ts';
import type { ArgumentMap, LeaseCommandName } from '../events/event.ts';
import { durationText } from './legal-entry.ts';

/** A line, and the subnet that the command names; null = it names none. */
export interface CommandEntry {
  readonly subnetId: number | null;
  readonly text: string;
}

const CHANGES: Readonly<Record<LeaseCommandName, string>> = {
  'lease4-add': 'added a lease of address',
  'lease4-update': 'updated information on the lease of address',
  'lease4-del': 'deleted the lease for address',
};

/** @returns null when the arguments do not say what a line would */
export function commandEntry(
  command: LeaseCommandName,
  args: ArgumentMap,
  nowSec: number,
): CommandEntry | null {
  const what = command === 'lease4-del' ? deletion(args) : change(command, args, nowSec);
  if (what === null) return null;
  const who = args['origin'] === 'ha-partner' ? 'HA partner' : 'Administrator';
  const subnetId = integer(args['subnet-id']) ?? 0;
  return { subnetId: subnetId > 0 ? subnetId : null, text: `${who} ${what}` };
}

function deletion(args: ArgumentMap): string | null {
  const address = text(args['ip-address']);
  if (address !== null) return `${CHANGES['lease4-del']}: ${address}`;
  const [type, identifier] = [text(args['identifier-type']), text(args['identifier'])];
  if (type === null || identifier === null) return null;
  return `deleted a lease for a device identified by: ${type} of ${identifier}`;
}

function change(command: LeaseCommandName, args: ArgumentMap, nowSec: number): string | null {
  const [address, hardware] = [text(args['ip-address']), text(args['hw-address'])];
  if (address === null || hardware === null) return null;
  const clientId = text(args['client-id']);
  return (
    `${CHANGES[command]}: ${address} to a device with hardware address: ${hardware}` +
    (clientId === null ? '' : `, client-id: ${clientId}${printed(clientId)}`) +
    durationOf(args, nowSec) +
    contextOf(args)
  );
}

/** The identifier as text, where all of it can be printed. */
function printed(clientId: string): string {
  const octets = Buffer.from(clientId.replaceAll(/[^0-9a-fA-F]/g, ''), 'hex');
  const isText = octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet <= 0x7e);
  return isText ? ` (${octets.toString('latin1')})` : '';
}

function durationOf(args: ArgumentMap, nowSec: number): string {
  const expire = integer(args['expire']);
  const seconds = integer(args['valid-lft']) ?? (expire === null ? 0 : expire - nowSec);
  return seconds > 0 ? ` for ${durationText(seconds)}` : '';
}

function contextOf(args: ArgumentMap): string {
  const { comment, 'user-context': context } = args;
  if (comment === undefined && context === undefined) return '';
  const isMap = typeof context === 'object' && context !== null;
  const whole = comment === undefined ? context : { ...(isMap ? context : {}), comment };
  return `, context: ${encodeKeaJson(whole)}`;
}

/** A text that cannot end the line. */
function text(value: unknown): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return typeof value === 'string' ? value.replaceAll(/[\x00-\x1f\x7f]/g, '?') : null;
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}
