/** What the lease commands that answer with a list have in common. */
import { type Answer, Result } from '../answer.ts';
import { isMap } from '../arguments.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import { leaseListArguments } from './lease-json.ts';

type Text = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

/** The one text that a command is about. */
export function readText(args: unknown, name: string): Text {
  if (!isMap(args)) return { ok: false, error: 'Command arguments missing or a not a map.' };
  const value = args[name];
  if (value === undefined) return { ok: false, error: `'${name}' parameter not specified` };
  if (typeof value !== 'string') return { ok: false, error: `'${name}' parameter must be a string` };
  return { ok: true, value };
}

export async function leaseList<Lease extends CommandLease>(
  { encode, version }: Pick<LeaseFamily<Lease, never, never, never, never>, 'encode' | 'version'>,
  { yieldTurn }: { readonly yieldTurn: () => Promise<void> },
  leases: readonly Lease[],
): Promise<Answer> {
  const shown = { counted: false, releasedAs: 'released' } as const;
  return found(version, leases.length, await leaseListArguments(leases, encode, shown, yieldTurn));
}

/** Nothing found is result 3, with an empty list. */
export function found(version: 4 | 6, count: number, args: unknown): Answer {
  const result = count > 0 ? Result.success : Result.empty;
  return { result, text: `${count} IPv${version} lease(s) found.`, arguments: args };
}
