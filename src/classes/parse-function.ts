/** Reads the functions of the language, and the tests for classes. */

import { FaultError } from './fault.ts';
import type { AnyNode } from './parse.ts';
import type { TokenReader } from './reader.ts';
import { compileRegExp } from './regexp.ts';
import type { ValueNode } from './syntax-tree.ts';

/** Beyond 32 bits an expression has an error when it is evaluated, as in Kea. */
const INTEGER_MAX = Number.MAX_SAFE_INTEGER;

type ReadAny = () => AnyNode;
type ReadArguments = (reader: TokenReader, any: ReadAny) => ValueNode;

/** What stands between the parentheses of each function that gives a value. */
const FUNCTIONS: Readonly<Record<string, ReadArguments>> = {
  substring: readSubstring,
  split: readSplit,
  concat: (reader, any) => ({ kind: 'concat', parts: [argument(reader, any), lastArgument(reader, any)] }),
  ifelse: (reader, any) => readChoice(reader, any, false),
  sifelse: (reader, any) => readChoice(reader, any, true),
  lcase: (reader, any) => ({ kind: 'case', of: reader.value(any), isUpper: false }),
  ucase: (reader, any) => ({ kind: 'case', of: reader.value(any), isUpper: true }),
  hexstring: (reader, any) => ({
    kind: 'hexstring',
    of: argument(reader, any),
    separator: lastArgument(reader, any),
  }),
  addrtotext: (reader, any) => ({ kind: 'address-text', of: reader.value(any) }),
  int8totext: numberText(1, true),
  int16totext: numberText(2, true),
  int32totext: numberText(4, true),
  uint8totext: numberText(1, false),
  uint16totext: numberText(2, false),
  uint32totext: numberText(4, false),
};

/** @returns null when something else stands here */
export function readFunction(reader: TokenReader, any: ReadAny): AnyNode | null {
  const { token } = reader;
  if (token.kind !== 'word') return null;
  if (reader.take('known')) return { type: 'test', node: { kind: 'member', name: 'KNOWN' } };
  if (reader.take('unknown'))
    return { type: 'test', node: { kind: 'not', term: { kind: 'member', name: 'KNOWN' } } };
  if (reader.take('member')) return readMember(reader);
  if (reader.take('match')) return readMatch(reader, any);
  const read = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
  if (read === undefined) return null;
  reader.advance();
  return { type: 'value', node: parenthesized(reader, () => read(reader, any)) };
}

function parenthesized<T>(reader: TokenReader, read: () => T): T {
  reader.expect('(');
  const result = reader.nested(read);
  reader.expect(')');
  return result;
}

/** An argument that another one follows. */
function argument(reader: TokenReader, any: ReadAny): ValueNode {
  const value = reader.value(any);
  reader.expect(',');
  return value;
}

function lastArgument(reader: TokenReader, any: ReadAny): ValueNode {
  return reader.value(any);
}

function readSubstring(reader: TokenReader, any: ReadAny): ValueNode {
  const of = argument(reader, any);
  const start = reader.integer(-INTEGER_MAX, INTEGER_MAX);
  reader.expect(',');
  const length = reader.take('all') ? null : reader.integer(-INTEGER_MAX, INTEGER_MAX);
  return { kind: 'substring', of, start, length };
}

function readSplit(reader: TokenReader, any: ReadAny): ValueNode {
  const of = argument(reader, any);
  const delimiters = argument(reader, any);
  return { kind: 'split', of, delimiters, field: reader.integer(-INTEGER_MAX, INTEGER_MAX) };
}

function readChoice(reader: TokenReader, any: ReadAny, isStrict: boolean): ValueNode {
  const test = reader.test(any);
  reader.expect(',');
  const then = argument(reader, any);
  return { kind: 'choose', test, then, otherwise: lastArgument(reader, any), isStrict };
}

function numberText(octets: 1 | 2 | 4, isSigned: boolean): ReadArguments {
  return (reader, any) => ({ kind: 'number-text', of: reader.value(any), octets, isSigned });
}

function readMember(reader: TokenReader): AnyNode {
  return parenthesized(reader, () => {
    const { token } = reader;
    if (token.kind !== 'string') throw reader.fault('the name of a class in single quotes');
    if (!reader.surroundings.isClass(token.text))
      throw reader.fault('a class that is built in or defined before this one');
    reader.advance();
    return { type: 'test', node: { kind: 'member', name: token.text } };
  });
}

function readMatch(reader: TokenReader, any: ReadAny): AnyNode {
  return parenthesized(reader, () => {
    const { token } = reader;
    if (token.kind !== 'string') throw reader.fault('a regular expression in single quotes');
    const pattern = token.octets!;
    const compiled = compileRegExp(pattern);
    if (!compiled.ok)
      throw new FaultError(token.at, `the regular expression '${token.text}'`, compiled.expected);
    reader.advance();
    reader.expect(',');
    return { type: 'test', node: { kind: 'match', pattern, of: reader.value(any) } };
  });
}
