/**
 * Reads Kea's dialect of JSON: comments, includes, commas too many, numbers of its own, duplicate keys refused. The result is a plain document
 * beside a function that finds where each path stands in the text. `JSON.parse` makes the document; the parser that keeps
 * positions is twenty times slower and runs only when there is something to report.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Path, quote } from '../problem.ts';
import type { Location, Report } from '../report.ts';
import { composeText } from './include.ts';
import { NESTING_EXPECTED, PROTOTYPE_KEY, type Structure, scanStructure } from './structure.ts';

/** By the names that the parser prints for its error codes. */
const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a string in double quotes, a number, true, false, null, a map or a list',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: 'a comma or a closing brace',
  CloseBracketExpected: 'a comma or a closing bracket',
  EndOfFileExpected: 'the end of the file',
  UnexpectedEndOfNumber: 'digits',
  InvalidUnicode: 'four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u',
  InvalidCharacter: 'no control character inside a string',
};

/**
 * Parses a configuration text. Reports every fault of the text; faults that leave no document end in undefined.
 * @param name how the file is called in problems
 * @returns the document, with `report` told where its paths stand, or undefined when the text is not JSON
 */
export function parseConfigText(text: string, name: string, report: Report): unknown {
  const composed = composeText(text, name, report);
  if (report.hasErrors) return undefined;
  const structure = scanStructure(composed.text);
  const locate = (offset: number): Location => composed.map.locate(offset);
  reportStructure(structure, locate, report);
  if (structure.tooDeepAt >= 0) return undefined;
  const locateJson = (offset: number): Location => locate(structure.original(offset));
  let document: unknown;
  try {
    document = JSON.parse(structure.text);
  } catch (error) {
    reportSyntax(structure.text, locateJson, error, report);
    return undefined;
  }
  if (structure.prototypeKeys.length > 0) return undefined;
  let root: Node | undefined;
  const find = (path: Path | null, part: 'key' | 'value'): number | null => {
    root ??= parseTree(structure.text);
    return root === undefined ? null : structure.original(findOffset(root, path, part));
  };
  report.locateWith((path, part) => {
    const offset = find(path, part);
    return offset === null ? null : locate(offset);
  });
  report.tellRealsWith(
    (path) => structure.wholeReals.size > 0 && structure.wholeReals.has(find(path, 'value') ?? -1),
  );
  return document;
}

function reportStructure(structure: Structure, locate: (offset: number) => Location, report: Report): void {
  if (structure.tooDeepAt >= 0)
    report.errorAt(locate(structure.tooDeepAt), null, 'deeper nesting', NESTING_EXPECTED);
  for (const offset of structure.prototypeKeys)
    report.errorAt(locate(offset), null, `the key "${PROTOTYPE_KEY}"`, 'another name');
  for (const { offset, text } of structure.duplicateKeys)
    report.errorAt(locate(offset), null, `the key ${quote(text)} a second time`, 'each key once in a map');
  for (const { offset, text } of structure.hugeNumbers)
    report.errorAt(locate(offset), null, `the number ${quote(text)}`, 'a number that fits into 64 bits');
  for (const offset of structure.extraCommas)
    report.warnAt(
      locate(offset),
      null,
      'a comma too many',
      'one comma between two values, none behind the last',
    );
  for (const { offset, text, isRefused } of structure.wideEscapes) {
    const found = `the escape ${text}`;
    if (isRefused)
      report.errorAt(locate(offset), null, found, 'the character itself: Kea has no such escape');
    else
      report.warnAt(
        locate(offset),
        null,
        found,
        'the character itself: Kea makes one octet of it, not UTF-8',
      );
  }
}

/** What a parser that has lost its way says at the end; true only when it is all that there is to say. */
const CONSEQUENCES = new Set(['CloseBraceExpected', 'CloseBracketExpected', 'EndOfFileExpected']);

/**
 * A parser that recovers stumbles again over what follows a fault: of each line only the first fault is certain to be one.
 */
function reportSyntax(
  text: string,
  locate: (offset: number) => Location,
  error: unknown,
  report: Report,
): void {
  const faults: ParseError[] = [];
  parseTree(text, faults, { disallowComments: true });
  const lines = new Set<string>();
  for (const { error: code, offset, length } of faults) {
    const location = locate(offset);
    const line = `${location.file}:${location.line}`;
    const kind = printParseErrorCode(code);
    if (lines.has(line) || (lines.size > 0 && CONSEQUENCES.has(kind))) continue;
    lines.add(line);
    const isEnd = offset >= text.length;
    const found = isEnd ? 'the end of the file' : quote(text.slice(offset, offset + Math.max(1, length)));
    report.errorAt(location, null, found, EXPECTED[kind] ?? 'valid JSON');
  }
  if (faults.length === 0)
    report.errorAt(locate(0), null, error instanceof Error ? error.message : 'no JSON', 'valid JSON');
}

/** The offset of a path, or of its deepest part that exists when the path names something that is missing. */
function findOffset(root: Node, path: Path | null, part: 'key' | 'value'): number {
  const steps: (string | number)[] = [];
  for (let at = path; at !== null; at = at.parent) steps.push(at.key);
  let node = root;
  let keyOffset = root.offset;
  for (let index = steps.length - 1; index >= 0; index--) {
    const next = stepInto(node, steps[index]!);
    if (next === null) return node.offset;
    keyOffset = next.keyOffset;
    node = next.node;
  }
  return part === 'key' ? keyOffset : node.offset;
}

function stepInto(node: Node, step: string | number): { node: Node; keyOffset: number } | null {
  if (typeof step === 'number') {
    const item = node.type === 'array' ? node.children?.[step] : undefined;
    return item === undefined ? null : { node: item, keyOffset: item.offset };
  }
  if (node.type !== 'object') return null;
  const property = node.children?.findLast((candidate) => candidate.children?.[0]?.value === step);
  const value = property?.children?.[1];
  return property === undefined || value === undefined ? null : { node: value, keyOffset: property.offset };
}
