/** What the lease commands that answer with a list have in common. */
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { type Answer, Result } from '../answer.ts';
import { isMap } from '../arguments.ts';
import { leaseListArguments } from './lease4-json.ts';
import type { LeaseCommandParts } from './lease4-parts.ts';

type Text = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

/** The one text that a command is about. */
export function readText(args: unknown, name: string): Text {
  if (!isMap(args)) return { ok: false, error: 'Command arguments missing or a not a map.' };
  const value = args[name];
  if (value === undefined) return { ok: false, error: `'${name}' parameter not specified` };
  if (typeof value !== 'string') return { ok: false, error: `'${name}' parameter must be a string` };
  return { ok: true, value };
}

export async function leaseList(parts: LeaseCommandParts, leases: readonly Lease4[]): Promise<Answer> {
  const list = await leaseListArguments(leases, { counted: false, releasedAs: 'released' }, parts.yieldTurn);
  return found(leases.length, list);
}

/** Nothing found is result 3, with an empty list. */
export function found(count: number, args: unknown): Answer {
  const result = count > 0 ? Result.success : Result.empty;
  return { result, text: `${count} IPv4 lease(s) found.`, arguments: args };
}
