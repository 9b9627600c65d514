/** What the library commands have in common in reading their arguments. */
import { type Answer, failure } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';

/** The sender's text, cut, so that an answer does not grow with it. */
const QUOTED_MAX = 64;
const SUBNET_ID_MAX = 0xffff_fffe;

/** The arguments of a command that needs some, or the answer that refuses it. */
export function needMap(args: unknown, command: string): ArgumentMap | Answer {
  return isMap(args) ? args : failure(`no parameters specified for the '${command}' command`);
}

/** The one map in the list that stands under a key, or the answer that refuses it. */
export function needOne(args: unknown, command: string, key: string): ArgumentMap | Answer {
  const map = needMap(args, command);
  if (isAnswer(map)) return map;
  const list = map[key];
  if (list === undefined) return failure(`missing '${key}' argument for the '${command}' command`);
  if (!Array.isArray(list) || list.length !== 1 || !isMap(list[0]))
    return failure(`invalid number of entries in '${key}': a list of exactly one map is needed`);
  return list[0];
}

/** A text that is not empty, or the answer that refuses it. */
export function needText(map: ArgumentMap, key: string): string | Answer {
  const value = map[key];
  if (value === undefined) return failure(`missing '${key}' argument`);
  return typeof value === 'string' && value !== ''
    ? value
    : failure(`'${key}' must be a string that is not empty`);
}

/** The id of a subnet, from `least` on, or the answer that refuses it. */
export function needSubnetId(map: ArgumentMap, key: string, least = 1): number | Answer {
  const value = map[key];
  if (value === undefined) return failure(`missing '${key}' argument`);
  const isId =
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= SUBNET_ID_MAX;
  return isId ? value : failure(`'${key}' must be an integer from ${least} to ${SUBNET_ID_MAX}`);
}

export function isAnswer(value: unknown): value is Answer {
  return isMap(value) && typeof value['result'] === 'number';
}

export function quoted(text: string): string {
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX)}...`;
}
