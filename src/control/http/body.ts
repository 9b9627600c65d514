/**
 * Reads the body of a command that came over HTTP: one JSON map. JSON.parse alone would let three things through that
 * Kea refuses or that hurt later: nesting without end, a top-level key written twice (the last one wins silently, so
 * that two readers may see two commands), and values that are not a map.
 */
import { JSON_DEPTH_MAX } from '../limits.ts';

export type CommandBody =
  | { readonly kind: 'request'; readonly request: unknown }
  /** Not JSON, or nested too deep: an HTTP error. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** JSON, but no command: an answer with result 1. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The only keys a command may have; every other one is refused later, whether it stands once or twice. */
const COMMAND_KEYS = ['"command"', '"arguments"', '"service"'] as const;

/** @param text the whole body, unchecked */
export function readCommandBody(text: string): CommandBody {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (error) {
    return { kind: 'malformed', reason: `the body is not JSON: ${(error as Error).message}` };
  }
  if (!isShallow(request, JSON_DEPTH_MAX))
    return { kind: 'malformed', reason: `the body has more than ${JSON_DEPTH_MAX} levels of nesting` };
  const key = repeatedKey(text);
  if (key !== null) return { kind: 'refused', reason: `Received command contains parameter '${key}' twice` };
  return { kind: 'request', request };
}

/** Whether a parsed value has at most `depth` levels of maps and lists; recursion ends at `depth`. */
export function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isShallow(item, depth - 1)) return false;
    return true;
  }
  const map = value as Record<string, unknown>;
  for (const key in map) if (!isShallow(map[key], depth - 1)) return false;
  return true;
}

/**
 * A command key that stands twice at the top level, or null. The scan is needed only when a key's text occurs twice
 * anywhere or could hide behind escapes; native searches rule that out for nearly every body.
 */
function repeatedKey(text: string): string | null {
  const suspicious = text.includes('\\') || COMMAND_KEYS.some((key) => occursTwice(text, key));
  return suspicious ? scanTopLevel(text) : null;
}

function occursTwice(text: string, part: string): boolean {
  const first = text.indexOf(part);
  return first !== -1 && text.indexOf(part, first + part.length) !== -1;
}

/** @param text valid JSON */
function scanTopLevel(text: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const end = closingQuote(text, at);
      if (depth === 1 && isKey(text, end)) {
        const key: string = JSON.parse(text.slice(at, end + 1));
        if (seen.has(key)) return key;
        seen.add(key);
      }
      at = end;
    }
  }
  return null;
}

/** Offset of the quote that ends the string which starts at `at`. */
function closingQuote(text: string, at: number): number {
  let end = at + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}

/** Whether the string that ends at `end` is followed by a colon: a key. */
function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return text[at] === ':';
}
