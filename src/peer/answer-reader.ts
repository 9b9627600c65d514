/**
 * Reads the answer to a command by Kea's rules: a list whose first element is a map with an integer `result`. A bare
 * map is how errors at HTTP level come (401, 403 ...): no command was carried out, whatever it says; its text is kept.
 */
import type { PeerAnswer } from './model.ts';

/** Texts come from the other side and go to the log. */
const TEXT_MAX = 512;

/** @param body the whole response body; anything may stand there */
export function readAnswer(body: string): PeerAnswer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { kind: 'failed', reason: 'the answer is not JSON' };
  }
  if (!Array.isArray(parsed)) return readBareMap(parsed);
  const first: unknown = parsed[0];
  if (!isMap(first)) return { kind: 'failed', reason: 'the answer is a list without a map' };
  const result = first['result'];
  if (typeof result !== 'number' || !Number.isInteger(result))
    return { kind: 'failed', reason: 'the answer has no integer result' };
  return { kind: 'answer', result, text: textOf(first), arguments: first['arguments'] };
}

function readBareMap(parsed: unknown): PeerAnswer {
  if (!isMap(parsed)) return { kind: 'failed', reason: 'the answer is neither a list nor a map' };
  return { kind: 'failed', reason: `the request was refused: ${textOf(parsed)}` };
}

function textOf(answer: Readonly<Record<string, unknown>>): string {
  const text = answer['text'];
  return typeof text === 'string' ? text.slice(0, TEXT_MAX) : '';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
