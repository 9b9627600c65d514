/** Why a lease in a command is not taken, as the command answers it. */
import { type Answer, failure, Result } from '../answer.ts';

export class LeaseFault {
  readonly result: number;
  readonly text: string;

  private constructor(result: number, text: string) {
    this.result = result;
    this.text = text;
  }

  /** The lease makes no sense (result 1): the sender is at fault. */
  static malformed(text: string): LeaseFault {
    return new LeaseFault(Result.error, text);
  }

  /** The lease makes sense, but this server cannot take it (result 1). */
  static failed(text: string): LeaseFault {
    return new LeaseFault(Result.error, text);
  }

  /** The lease makes sense, but not here (result 4): the two servers disagree, and the sender must know. */
  static conflict(text: string): LeaseFault {
    return new LeaseFault(Result.conflict, text);
  }

  answer(): Answer {
    return failure(this.text, this.result);
  }
}
