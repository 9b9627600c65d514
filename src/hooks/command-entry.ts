/** What lines of the forensic log for commands of both families have in common: who did what, for how long, and why. */
import { encodeKeaJson } from '../base/kea-json.ts';
import type { ArgumentMap, LeaseCommandName } from '../events/event.ts';
import { durationText, type LegalEntry } from './legal-text.ts';

const DELETION = /-del$/;
const ADDITION = /-add$/;

/** The line for a command that was done; null when the arguments do not say what a line would. */
export type CommandEntry = (
  command: LeaseCommandName,
  args: ArgumentMap,
  nowSec: number,
) => LegalEntry | null;

/** @param leaseOf what the arguments say of the lease and its device, from its kind on; null = too little */
export function commandEntryBy(leaseOf: (args: ArgumentMap) => string | null): CommandEntry {
  return (command, args, nowSec) => {
    const what = DELETION.test(command) ? deletion(args) : change(leaseOf, command, args, nowSec);
    if (what === null) return null;
    const who = args['origin'] === 'ha-partner' ? 'HA partner' : 'Administrator';
    const subnetId = integer(args['subnet-id']) ?? 0;
    return { subnetId: subnetId > 0 ? subnetId : null, text: `${who} ${what}` };
  };
}

function deletion(args: ArgumentMap): string | null {
  const address = argumentText(args['ip-address']);
  if (address !== null) return `deleted the lease for address: ${address}`;
  const [type, identifier] = [argumentText(args['identifier-type']), argumentText(args['identifier'])];
  if (type === null || identifier === null) return null;
  return `deleted a lease for a device identified by: ${type} of ${identifier}`;
}

function change(
  leaseOf: (args: ArgumentMap) => string | null,
  command: LeaseCommandName,
  args: ArgumentMap,
  nowSec: number,
): string | null {
  const lease = leaseOf(args);
  if (lease === null) return null;
  const verb = ADDITION.test(command) ? 'added a lease of' : 'updated information on the lease of';
  return `${verb} ${lease}${durationOf(args, nowSec)}${contextOf(args)}`;
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

/** A text that cannot end the line; null = the argument is none. */
export function argumentText(value: unknown): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return typeof value === 'string' ? value.replaceAll(/[\x00-\x1f\x7f]/g, '?') : null;
}

function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}
