/** The tokens of an expression, one after the other, and what is said when they are not as they should be. */
import { FaultError } from './fault.ts';
import type { AnyNode, Surroundings } from './parse.ts';
import type { TestNode, ValueNode } from './syntax-tree.ts';
import { type Token, tokensOf } from './tokens.ts';

export class TokenReader {
  readonly surroundings: Surroundings;
  readonly #tokens: readonly Token[];
  readonly #depthMax: number;
  #next = 0;
  #depth = 0;

  /** @throws FaultError when the text cannot be cut into tokens */
  constructor(text: string, surroundings: Surroundings, depthMax: number) {
    this.#tokens = tokensOf(text);
    this.surroundings = surroundings;
    this.#depthMax = depthMax;
  }

  /** The token at hand. */
  get token(): Token {
    return this.#tokens[this.#next]!;
  }

  advance(): void {
    this.#next += 1;
  }

  isAt(word: string): boolean {
    return this.token.kind === 'word' && this.token.text === word;
  }

  /** Goes past a word if it is there. */
  take(word: string): boolean {
    const isThere = this.isAt(word);
    if (isThere) this.advance();
    return isThere;
  }

  /** @throws FaultError when another token is there */
  expect(word: string): void {
    if (!this.take(word)) throw this.fault(`"${word}"`);
  }

  /** One of several words. @throws FaultError when none of them is there */
  oneOf<const T extends readonly string[]>(...words: T): T[number] {
    const word = words.find((each) => this.isAt(each));
    if (word === undefined) throw this.fault(words.map((each) => `"${each}"`).join(' or '));
    this.advance();
    return word;
  }

  /** @throws FaultError when something is left over */
  end(): void {
    if (this.token.kind !== 'end') throw this.fault('an operator or the end of the expression');
  }

  /** Reads what stands inside something else. @throws FaultError when that goes too deep */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > this.#depthMax)
      throw new FaultError(
        this.token.at,
        `more than ${this.#depthMax} levels`,
        'an expression that is nested less',
      );
    const result = read();
    this.#depth -= 1;
    return result;
  }

  test(read: () => AnyNode): TestNode {
    const start = this.token;
    return this.asTest(read(), start);
  }

  value(read: () => AnyNode): ValueNode {
    const start = this.token;
    const any = read();
    if (any.type === 'value') return any.node;
    throw new FaultError(start.at, 'a test, which is true or false', 'a value, which is a string of octets');
  }

  /** @param start the first token of the expression */
  asTest(any: AnyNode, start: Token): TestNode {
    if (any.type === 'test') return any.node;
    if (this.token.kind === 'end' || this.isAt(')')) throw this.fault('"==" behind a value');
    throw new FaultError(start.at, 'a value', 'a test, such as a comparison');
  }

  /** An integer from `min` to `max`. @throws FaultError */
  integer(min: number, max: number): number {
    const { token } = this;
    const value = token.kind === 'integer' ? Number(token.text) : Number.NaN;
    if (!(value >= min && value <= max)) throw this.fault(`an integer from ${min} to ${max}`);
    this.advance();
    return value;
  }

  /** What stands here is not what should: the fault to throw. */
  fault(expected: string): FaultError {
    const { token } = this;
    const found =
      token.kind === 'end'
        ? 'the end of the expression'
        : token.kind === 'string'
          ? `the string '${token.text.slice(0, 40)}'`
          : JSON.stringify(token.text.slice(0, 40));
    return new FaultError(token.at, found, expected);
  }
}
