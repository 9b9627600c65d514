/**
 * Commands that change the configuration: each makes another document of the one in force and has the server work by it, in
 * its turn among the reloads. What comes to be in force is in memory, until config-write, and goes with config-reload.
 */
import { HOST_IDENTIFIERS } from '../../config/host-model.ts';
import { type Answer, failure } from '../answer.ts';
import { type ArgumentMap, mapsOf } from '../arguments.ts';
import { type ConfigurationKey, type ConfigurationSources, listed } from '../commands/configuration.ts';

/** How the documents of a family name what the commands are about. */
export interface DocumentFamily {
  /** As in the names of the commands. */
  readonly digit: 4 | 6;
  readonly key: ConfigurationKey;
  readonly subnets: 'subnet4' | 'subnet6';
  /** By which identifiers hosts are known, in the order in which the first one is theirs. */
  readonly hostIdentifiers: readonly string[];
  /** A prefix in the one form in which two are compared. */
  readonly prefixText: (text: string) => string;
  /** The same of an address. */
  readonly addressText: (text: string) => string;
  /** The addresses, and prefixes, that are reserved for a host, in that form. */
  readonly addressesOf: (host: ArgumentMap) => readonly string[];
}

export const DOCUMENT_4: DocumentFamily = {
  digit: 4,
  key: 'Dhcp4',
  subnets: 'subnet4',
  hostIdentifiers: HOST_IDENTIFIERS,
  prefixText: (text) => text.replaceAll(' ', ''),
  addressText: (text) => text,
  addressesOf: ({ 'ip-address': address }) => (typeof address === 'string' ? [address] : []),
};

/** Where the library commands find the configuration. */
export interface DocumentSources extends Pick<ConfigurationSources, 'change'> {
  readonly family: DocumentFamily;
  /** With all defaults filled in, `{ "Dhcp4": ... }` or `{ "Dhcp6": ... }`. */
  readonly complete: () => ArgumentMap;
}

/** What a command makes of the map of the server, and its answer when that is in force. */
export interface Edited {
  readonly map: ArgumentMap;
  readonly answer: Answer;
}

/**
 * Runs one such command.
 * @param edit leaves the map that it gets as it is; an answer instead of an edited map changes nothing
 */
export async function editConfiguration(
  { change, family: { key } }: DocumentSources,
  edit: (map: ArgumentMap) => Edited | Answer,
): Promise<Answer> {
  let answer = failure('the configuration was not looked at');
  const outcome = await change((document) => {
    const edited = edit(document[key] as ArgumentMap);
    if (!('map' in edited)) {
      answer = edited;
      return null;
    }
    answer = edited.answer;
    return { [key]: edited.map };
  });
  return outcome.ok ? answer : failure(listed(outcome.problems));
}

/** The complete map of the server. */
export function completeMap({ complete, family }: DocumentSources): ArgumentMap {
  return complete()[family.key] as ArgumentMap;
}

/** The maps of a list of the document. */
export function itemsOf(map: ArgumentMap, key: string): readonly ArgumentMap[] {
  return mapsOf(map[key]);
}

/** The list with one item in the place of another. */
export function replaced<T>(list: readonly T[], before: T, after: T): readonly T[] {
  return list.map((item) => (item === before ? after : item));
}
