/**
 * Reading command arguments and replies that nobody has checked. Only a map's own members count, so that a
 * `__proto__` in the JSON or an inherited name is never taken for one.
 */
import { type HaSetup, isPeerName } from '../machine/setup.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

/** A value or the reason why there is none. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

export function ok<T>(value: T): Read<T> {
  return { ok: true, value };
}

export function bad(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of a map, undefined when it has none of that name. */
export function member(map: JsonMap, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The arguments of a command that can do without; Kea's words for those that are no map. */
export function readArguments(args: unknown, command: string): Read<JsonMap> {
  if (args === undefined) return ok({});
  return isMap(args) ? ok(args) : bad(`arguments in the '${command}' command are not a map`);
}

/** The arguments of a command that needs them. */
export function needArguments(args: unknown, command: string): Read<JsonMap> {
  return args === undefined
    ? bad(`arguments not found in the '${command}' command`)
    : readArguments(args, command);
}

/** An integer within bounds, or null when the member is absent. */
export function readInteger(map: JsonMap, name: string, min: number, max: number): Read<number | null> {
  const value = member(map, name);
  if (value === undefined) return ok(null);
  if (typeof value !== 'number' || !Number.isInteger(value)) return bad(`'${name}' must be an integer`);
  if (value < min || value > max) return bad(`'${name}' must be within ${min}..${max}`);
  return ok(value);
}

/** Checks the optional `server-name`, by which Kea picks one of several relationships: it must be a name of ours. */
export function checkServerName(setup: HaSetup, map: JsonMap): Read<string | null> {
  const name = member(map, 'server-name');
  if (name === undefined) return ok(null);
  if (typeof name !== 'string') return bad("'server-name' must be a string");
  if (!isPeerName(setup, name)) return bad(`'${clip(name)}' is no server of this relationship`);
  return ok(name);
}

/** Text from outside as it may stand in an answer or the log: short. */
export function clip(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}...`;
}
