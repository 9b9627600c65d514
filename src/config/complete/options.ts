/** Entries of option-data, complete: `{ always-send, code, csv-format, data, name?, space }`. */
import type { CompletedFamily } from './family.ts';
import { hexDigits, itemsOf, type JsonMap, withContext } from './values.ts';

/** Names and codes of the options that a document defines itself, in each space. */
export interface Names {
  /** Where no space is said. */
  readonly space: string;
  readonly codeOf: (space: string, name: string) => number | undefined;
  readonly nameOf: (space: string, code: number) => string | undefined;
}

/** Names and codes of the standard of a family. */
export function namesOfStandard({
  definitions,
  space,
}: Pick<CompletedFamily, 'definitions' | 'space'>): Names {
  const all = [...definitions].flatMap(([each, standard]) =>
    standard.map(({ name, code }) => ({ name, code, space: each })),
  );
  return namesOf(all, { space, codeOf: () => undefined, nameOf: () => undefined });
}

/**
 * @param definitions the entries of option-def of a scope
 * @param outer what is defined around it
 */
export function namesOf(definitions: readonly JsonMap[], outer: Names): Names {
  const codes = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { name, code, space = outer.space } of definitions) {
    codes.set(`${space} ${name}`, code as number);
    names.set(`${space} ${code}`, name as string);
  }
  return {
    space: outer.space,
    codeOf: (space, name) => codes.get(`${space} ${name}`) ?? outer.codeOf(space, name),
    nameOf: (space, code) => names.get(`${space} ${code}`) ?? outer.nameOf(space, code),
  };
}

export function completeOptions(list: unknown, names: Names): JsonMap[] {
  return itemsOf(list).map((item) => completeOption(withContext(item), names));
}

function completeOption(item: JsonMap, names: Names): JsonMap {
  const { space = names.space, data = '' } = item as { space?: string; data?: string };
  const code = (item['code'] as number | undefined) ?? names.codeOf(space, String(item['name']));
  const name =
    (item['name'] as string | undefined) ?? (code === undefined ? code : names.nameOf(space, code));
  // Without a definition there is nothing that a text could be read by.
  const isDefined = code !== undefined && names.nameOf(space, code) !== undefined;
  const isText = (item['csv-format'] as boolean | undefined) ?? (isDefined || space !== names.space);
  return {
    'always-send': false,
    ...item,
    ...(code === undefined ? {} : { code }),
    ...(name === undefined ? {} : { name }),
    'csv-format': isText,
    data: isText ? data : hexDigits(data).toUpperCase(),
    space,
  };
}
