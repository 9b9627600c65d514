/** Entries of option-data, complete: `{ always-send, code, csv-format, data, name?, space }`. */
import { STANDARD_DEFINITIONS } from '../../dhcp4/option-definitions.ts';
import { hexDigits, itemsOf, type JsonMap, withContext } from './values.ts';

/** Names and codes of the options that a document defines itself, in each space. */
export interface Names {
  readonly codeOf: (space: string, name: string) => number | undefined;
  readonly nameOf: (space: string, code: number) => string | undefined;
}

/** @param definitions the entries of option-def */
export function namesOf(definitions: readonly JsonMap[]): Names {
  const codes = new Map<string, number>();
  const names = new Map<string, string>();
  const take = (space: string, name: string, code: number): void => {
    codes.set(`${space} ${name}`, code);
    names.set(`${space} ${code}`, name);
  };
  for (const [space, standard] of STANDARD_DEFINITIONS)
    for (const { name, code } of standard) take(space, name, code);
  for (const { name, code, space = 'dhcp4' } of definitions)
    take(space as string, name as string, code as number);
  return {
    codeOf: (space, name) => codes.get(`${space} ${name}`),
    nameOf: (space, code) => names.get(`${space} ${code}`),
  };
}

export function completeOptions(list: unknown, names: Names): JsonMap[] {
  return itemsOf(list).map((item) => completeOption(withContext(item), names));
}

function completeOption(item: JsonMap, names: Names): JsonMap {
  const { space = 'dhcp4', data = '' } = item as { space?: string; data?: string };
  const code = (item['code'] as number | undefined) ?? names.codeOf(space, String(item['name']));
  const name =
    (item['name'] as string | undefined) ?? (code === undefined ? code : names.nameOf(space, code));
  // Without a definition there is nothing that a text could be read by.
  const isDefined = code !== undefined && names.nameOf(space, code) !== undefined;
  const isText = (item['csv-format'] as boolean | undefined) ?? (isDefined || space !== 'dhcp4');
  return {
    'always-send': false,
    ...item,
    ...(code === undefined ? {} : { code }),
    ...(name === undefined ? {} : { name }),
    'csv-format': isText,
    data: isText ? data : hexOf(data),
    space,
  };
}

/** A quoted text stands for its octets. */
function hexOf(data: string): string {
  const quoted = /^\s*'(.*)'\s*$/s.exec(data)?.[1];
  return (
    quoted === undefined ? hexDigits(data) : Buffer.from(quoted, 'latin1').toString('hex')
  ).toUpperCase();
}
