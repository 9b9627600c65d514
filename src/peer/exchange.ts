/**
 * One request to a peer and its answer, as the handler that undici's dispatcher drives: no streams and no signal, which
 * together cost as much as the rest of the client when every exchange carries one lease (docs/decisions/dependencies.md).
 */
import type { Dispatcher, Pool } from 'undici';

export interface ExchangeRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** From now to the last byte of the answer, waiting for a connection included; milliseconds. */
  readonly timeoutMs: number;
  /** A longer answer is given up, and its connection with it. */
  readonly bytesMax: number;
}

/** How an exchange ended; `reset`: the connection broke, whatever had been sent. `code` is that of the error, or empty. */
export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly code: string;
      readonly reset: boolean;
    };

/** Of errors by which a connection breaks. */
export const RESET_CODES: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
/** Given to undici as the reason of an abort; it comes back as the error of a request that has ended for us already. */
const GIVEN_UP = new Error('given up');

/** Sends one POST. Always resolves, once, within `timeoutMs`. */
export function exchange(pool: Pool, request: ExchangeRequest): Promise<ExchangeEnd> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(request, resolve);
    const { headers, body } = request;
    try {
      pool.dispatch({ path: '/', method: 'POST', headers, body }, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #request: ExchangeRequest;
  readonly #timer: NodeJS.Timeout;
  #resolve: ((end: ExchangeEnd) => void) | null;
  #controller: Dispatcher.DispatchController | null = null;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;

  constructor(request: ExchangeRequest, resolve: (end: ExchangeEnd) => void) {
    this.#request = request;
    this.#resolve = resolve;
    this.#timer = setTimeout(
      () => this.#giveUp(`no answer within ${request.timeoutMs} ms`),
      request.timeoutMs,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection until its time was over.
    if (this.#resolve === null) controller.abort(GIVEN_UP);
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const { bytesMax } = this.#request;
    if (this.#bytes > bytesMax) this.#giveUp(`the answer has more than ${bytesMax} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const whole = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#end({ kind: 'answered', status: this.#status, body: whole.toString() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  fail(error: unknown): void {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reason = code === '' ? String(message) : `${message} (${code})`;
    this.#end({ kind: 'failed', reason, code, reset: RESET_CODES.has(code) });
  }

  #giveUp(reason: string): void {
    this.#end({ kind: 'failed', reason, code: '', reset: false });
    this.#controller?.abort(GIVEN_UP);
  }

  #end(end: ExchangeEnd): void {
    clearTimeout(this.#timer);
    this.#resolve?.(end);
    this.#resolve = null;
  }
}
