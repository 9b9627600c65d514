/** `relay-supplied-options`: what relays may have a client be sent (RFC 6422), by code or by name. */
import type { OptionSpaces } from '../../../options/spaces.ts';
import { child, type Path, quote } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { findNearest } from '../../schema/nearest.ts';

/** [RFC6440] The name of the ERP realm, which relays may supply whatever a file says; [Kea] it stands in the list of a complete one. */
const ALWAYS_SUPPLIED = 65;

/** @returns codes, ascending, each once, without that one; names that no option has are reported */
export function readSuppliedOptions(
  entries: readonly string[],
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly number[] {
  const codes = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    const code = codeOf(entry, spaces);
    if (code !== null) codes.add(code);
    else reportUnknown(entry, spaces, child(at, index), report);
  }
  codes.delete(ALWAYS_SUPPLIED);
  return [...codes].sort((a, b) => a - b);
}

function codeOf(entry: string, spaces: OptionSpaces): number | null {
  const { space, messageCodeMax } = spaces.standard;
  if (!/^[0-9]{1,10}$/.test(entry)) return spaces.findByName(space, entry)?.code ?? null;
  const code = Number(entry);
  return code > 0 && code <= messageCodeMax ? code : null;
}

function reportUnknown(entry: string, spaces: OptionSpaces, at: Path, report: Report): void {
  const { space, messageCodeMax } = spaces.standard;
  const nearest = report.isFull ? null : findNearest(entry, spaces.names(space));
  const hint = nearest === null ? '' : `, perhaps "${nearest}"`;
  report.error(at, quote(entry), `the name of an option or a code from 1 to ${messageCodeMax}${hint}`);
}
