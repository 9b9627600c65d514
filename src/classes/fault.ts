/** What is wrong with an expression, and where. */

export interface Fault {
  /** Position in the text, UTF-16 units from 0. */
  readonly at: number;
  readonly found: string;
  readonly expected: string;
}

/** Carries a fault out of the parser; never leaves this folder. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(at: number, found: string, expected: string) {
    super(`${found}; expected ${expected}`);
    this.fault = { at, found, expected };
  }
}
