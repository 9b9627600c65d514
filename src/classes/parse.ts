/**
 * Reads expressions: a parser by recursive descent whose depth is bounded, for the text may be anybody's. From the weakest
 * operator to the strongest: sor, or, sand, and, not, ==, +. Only a comparison, an `exists`, a `member` or a `match` makes a
 * test out of values; which of the two parentheses hold is found out while reading.
 */
import { type Fault, FaultError } from './fault.ts';
import { readFunction } from './parse-function.ts';
import { readOptionAccess } from './parse-option.ts';
import { TokenReader } from './reader.ts';
import type { TestNode, ValueNode } from './syntax-tree.ts';
import { numberOctets, type Token } from './tokens.ts';

/** What the names in an expression stand for. */
export interface Surroundings {
  /** Of the queries that are asked: each has options and fields of its own. */
  readonly family: 4 | 6;
  /** The code of an option of a message. */
  readonly optionCode: (name: string) => number | undefined;
  /** Whether `member` may ask for a class here: it is built in or was defined before. */
  readonly isClass: (name: string) => boolean;
}

export type Parsed<T> =
  | { readonly ok: true; readonly node: T }
  | { readonly ok: false; readonly fault: Fault };

/** Either of the two kinds of expressions. */
export type AnyNode =
  | { readonly type: 'test'; readonly node: TestNode }
  | { readonly type: 'value'; readonly node: ValueNode };

/** UTF-16 units of an expression. */
const LENGTH_MAX = 65_536;
/** Parentheses, functions and negations inside each other. */
const DEPTH_MAX = 128;

/** Reads the expression of a class's `test`. Never throws. */
export function parseTest(text: string, surroundings: Surroundings): Parsed<TestNode> {
  return parsed(text, surroundings, (reader) => reader.test(() => readAny(reader)));
}

/** Reads an expression that gives a value, such as a class's `template-test`. Never throws. */
export function parseValue(text: string, surroundings: Surroundings): Parsed<ValueNode> {
  return parsed(text, surroundings, (reader) => reader.value(() => readAny(reader)));
}

function parsed<T>(text: string, surroundings: Surroundings, read: (reader: TokenReader) => T): Parsed<T> {
  try {
    if (text.length > LENGTH_MAX)
      throw new FaultError(
        0,
        `${text.length} characters`,
        `an expression of at most ${LENGTH_MAX} characters`,
      );
    const reader = new TokenReader(text, surroundings, DEPTH_MAX);
    const node = read(reader);
    reader.end();
    return { ok: true, node };
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** The operators that join tests, from the weakest to the strongest. */
const JOINTS = [
  { word: 'sor', kind: 'or', isStrict: true },
  { word: 'or', kind: 'or', isStrict: false },
  { word: 'sand', kind: 'and', isStrict: true },
  { word: 'and', kind: 'and', isStrict: false },
] as const;

function readAny(reader: TokenReader, level = 0): AnyNode {
  const joint = JOINTS[level];
  if (joint === undefined) return readNot(reader);
  const next = (): AnyNode => readAny(reader, level + 1);
  const start = reader.token;
  const first = next();
  if (!reader.isAt(joint.word)) return first;
  const terms = [reader.asTest(first, start)];
  while (reader.take(joint.word)) terms.push(reader.test(next));
  return { type: 'test', node: { kind: joint.kind, terms, isStrict: joint.isStrict } };
}

function readNot(reader: TokenReader): AnyNode {
  if (!reader.take('not')) return readComparison(reader);
  const term = reader.nested(() => reader.test(() => readNot(reader)));
  return { type: 'test', node: { kind: 'not', term } };
}

function readComparison(reader: TokenReader): AnyNode {
  const left = readSum(reader);
  if (left.type === 'test' || !reader.take('==')) return left;
  const right = reader.value(() => readSum(reader));
  return { type: 'test', node: { kind: 'equal', left: left.node, right } };
}

function readSum(reader: TokenReader): AnyNode {
  const first = readPrimary(reader);
  if (first.type === 'test' || !reader.isAt('+')) return first;
  const parts = [first.node];
  while (reader.take('+')) parts.push(reader.value(() => readPrimary(reader)));
  return { type: 'value', node: { kind: 'concat', parts } };
}

function readPrimary(reader: TokenReader): AnyNode {
  const { token } = reader;
  if (reader.take('(')) {
    const inner = reader.nested(() => readAny(reader));
    reader.expect(')');
    return inner;
  }
  const constant = constantOf(token);
  if (constant !== null) {
    reader.advance();
    return { type: 'value', node: { kind: 'literal', octets: constant } };
  }
  const found = readOptionAccess(reader) ?? readFunction(reader, () => readAny(reader));
  if (found === null) throw reader.fault('a value, a test or "not"');
  return found;
}

function constantOf(token: Token): Uint8Array | null {
  if (token.kind !== 'integer') return token.octets;
  const value = Number(token.text);
  if (value >= 0 && value <= 0xffffffff) return numberOctets(value);
  throw new FaultError(token.at, token.text, 'an integer from 0 to 4294967295');
}
