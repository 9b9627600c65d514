/**
 * Commands that change the configuration: each makes another document of the one in force and has the server work by it, in
 * its turn among the reloads. What comes to be in force is in memory, until config-write, and goes with config-reload.
 */
import { type Answer, failure } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { type ConfigurationSources, listed } from '../commands/configuration.ts';

/** Where the library commands find the configuration. */
export interface DocumentSources extends Pick<ConfigurationSources, 'change'> {
  /** With all defaults filled in, `{ "Dhcp4": ... }`. */
  readonly complete: () => ArgumentMap;
}

/** What a command makes of the Dhcp4 map, and its answer when that is in force. */
export interface Edited {
  readonly dhcp4: ArgumentMap;
  readonly answer: Answer;
}

/**
 * Runs one such command.
 * @param edit leaves the map that it gets as it is; an answer instead of an edited map changes nothing
 */
export async function editDhcp4(
  { change }: DocumentSources,
  edit: (dhcp4: ArgumentMap) => Edited | Answer,
): Promise<Answer> {
  let answer = failure('the configuration was not looked at');
  const outcome = await change((document) => {
    const edited = edit(document['Dhcp4'] as ArgumentMap);
    if (!('dhcp4' in edited)) {
      answer = edited;
      return null;
    }
    answer = edited.answer;
    return { Dhcp4: edited.dhcp4 };
  });
  return outcome.ok ? answer : failure(listed(outcome.problems));
}

/** The complete Dhcp4 map. */
export function completeDhcp4({ complete }: DocumentSources): ArgumentMap {
  return complete()['Dhcp4'] as ArgumentMap;
}

/** The maps of a list of the document. */
export function itemsOf(map: ArgumentMap, key: string): readonly ArgumentMap[] {
  const list = map[key];
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** The list with one item in the place of another. */
export function replaced<T>(list: readonly T[], before: T, after: T): readonly T[] {
  return list.map((item) => (item === before ? after : item));
}
