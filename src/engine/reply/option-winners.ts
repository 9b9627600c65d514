/** Which of the options of several scopes a reply gets: the first scope that has one wins, as in Kea. */
import type { OptionConfig } from '../../config/model.ts';

/** One option that won, and whether any scope wants it always sent. */
export interface Winner {
  readonly option: OptionConfig;
  readonly always: boolean;
}

/**
 * The options that win, those left out that any scope never sends. never-send and always-send count at every scope, also at
 * one that another scope overrides.
 * @param keyOf options of one key exclude each other
 */
export function winners(
  scopes: readonly (readonly OptionConfig[])[],
  isMember: (className: string) => boolean,
  keyOf: (option: OptionConfig) => number,
): Map<number, Winner> {
  const merged = new Map<number, OptionConfig>();
  const never = new Set<number>();
  const always = new Set<number>();
  for (const option of scopes.flat()) {
    if (option.clientClasses.length > 0 && !option.clientClasses.some(isMember)) continue;
    if (option.neverSend) never.add(option.code);
    if (option.alwaysSend) always.add(option.code);
    const key = keyOf(option);
    if (!merged.has(key)) merged.set(key, option);
  }
  return new Map(
    [...merged]
      .filter(([, { code }]) => !never.has(code))
      .sort(([a], [b]) => a - b)
      .map(([key, option]) => [key, { option, always: always.has(option.code) }]),
  );
}
