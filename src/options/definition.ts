/** What is known of an option: its code, its name and the types of its fields; and tables of such definitions, a line each. */
import { assert } from '../base/assert.ts';
import { type FieldType, isFieldType } from './fields.ts';

export interface OptionDefinition {
  /** 0..255 in DHCPv4, 0..65535 in DHCPv6; the ends are options in spaces of sub-options only. */
  readonly code: number;
  readonly name: string;
  /** In the order of the wire; none = the option has no data of its own. */
  readonly fields: readonly FieldType[];
  /** The last field may come any number of times. */
  readonly repeatsLast: boolean;
  /** The space of the sub-options that stand behind its fields; '' = it has none. */
  readonly encapsulates: string;
}

/** Reads a table, a line each: code, name, fields; dots repeat the last field; > and the space of the sub-options. */
export function parseDefinitions(table: string): readonly OptionDefinition[] {
  return table.trim().split('\n').map(parseRow);
}

function parseRow(row: string): OptionDefinition {
  const [fieldsPart = '', encapsulates = ''] = row.split(' > ');
  const [code = '', name = '', ...types] = fieldsPart.split(' ');
  const repeatsLast = types.at(-1) === '...';
  const fields = types.filter((type) => type !== '...');
  assert(fields.every(isFieldType), `option ${code} has known field types`);
  return { code: Number(code), name, fields, repeatsLast, encapsulates };
}
