/** Numbers and names as ha-why and the reasons of transitions write them. */

/** Milliseconds as seconds, cut to tenths: what has not been reached must not look as if it had. */
export function seconds(ms: number): string {
  return `${tenths(ms)} s`;
}

/** How far a time has come, such as `41 of 60 s`. */
export function secondsOf(ms: number, limitMs: number): string {
  return `${tenths(ms)} of ${seconds(limitMs)}`;
}

/** A number and the word for it, such as `1 client` or `3 clients`. */
export function counted(count: number | bigint, noun: string, plural = `${noun}s`): string {
  return Number(count) === 1 ? `1 ${noun}` : `${count} ${plural}`;
}

/** Names in a row, such as `a`, `a and b`, `a, b and c`. */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

function tenths(ms: number): number {
  return Math.floor(ms / 100) / 10;
}
