/**
 * The `pattern` of an output: conversions of log4cplus such as `%D{%Y-%m-%d %H:%M:%S.%q} %-5p [%c/%i] %m\n`, each with an optional
 * least and greatest width. What the program does not have (a place in the source, a context of the thread) gives nothing.
 */
import { hostname } from 'node:os';
import { formatDate } from '../base/date.ts';
import type { Layout, LogEvent } from './line.ts';

const CONVERSION = /%(-?)(\d{1,3})?(?:\.(\d{1,3}))?([a-zA-Z%])(?:\{([^}]*)\})?/g;
const DEFAULT_DATE = '%Y-%m-%d %H:%M:%S';

type Part = (event: LogEvent) => string;

/** Reads a pattern once; the result is used for every event. Any text is a pattern. */
export function patternLayout(pattern: string): Layout {
  const parts: Part[] = [];
  let copied = 0;
  for (const match of pattern.matchAll(CONVERSION)) {
    const literal = pattern.slice(copied, match.index);
    if (literal !== '') parts.push(() => literal);
    parts.push(conversion(match));
    copied = match.index + match[0].length;
  }
  const rest = pattern.slice(copied);
  if (rest !== '') parts.push(() => rest);
  return (event) => parts.map((part) => part(event)).join('');
}

function conversion([, left, least, greatest, letter = '', option]: RegExpExecArray): Part {
  const value = partOf(letter, option);
  const width = Number(least ?? 0);
  const cut = greatest === undefined ? Number.POSITIVE_INFINITY : Number(greatest);
  return (event) => {
    const text = value(event);
    // As there: of a text that is too long the end is kept.
    const kept = text.length > cut ? text.slice(text.length - cut) : text;
    return left === '-' ? kept.padEnd(width) : kept.padStart(width);
  };
}

function partOf(letter: string, option: string | undefined): Part {
  switch (letter) {
    case 'p':
      return ({ severity }) => severity.toUpperCase();
    case 'c':
      return ({ logger }) => logger;
    case 'm':
      return messageOf;
    case 'i':
    case 't':
    case 'T':
      return () => String(process.pid);
    case 'd':
      return ({ time }) => formatDate(option ?? DEFAULT_DATE, time, true);
    case 'D':
      return ({ time }) => formatDate(option ?? DEFAULT_DATE, time, false);
    case 'h':
    case 'H':
      return () => hostname();
    case 'n':
      return () => '\n';
    case '%':
      return () => '%';
    default:
      return () => '';
  }
}

/** The id, the text and the fields, in one line whatever they hold. */
function messageOf({ id, text, fields }: LogEvent): string {
  const members = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${id} ${text}${members.join('')}`;
}

function fieldText(value: unknown): string {
  try {
    return JSON.stringify(value instanceof Error ? value.message : value) ?? String(value);
  } catch {
    return '?';
  }
}
