/**
 * One connection of the unix control socket, which is one command:
 *
 *     reading    bytes are scanned until one JSON value is complete; bounded in size, depth, silence and total time
 *     running    the command runs; whatever the client sends now is thrown away, up to a bound
 *     answering  the bare JSON map is written, then this side is closed; the client closes the other one
 */
import type { Socket } from 'node:net';
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { Log } from '../../log/logger.ts';
import { type Answer, type CommandTable, failure } from '../answer.ts';
import { runCommand } from '../envelope.ts';
import * as bounds from '../limits.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { JsonScanner } from './json-scan.ts';

/** What a connection needs from its server. */
export interface UnixConnectionContext {
  readonly log: Log;
  readonly table: CommandTable;
  readonly idleMs: number;
  readonly commandMs: number;
  /** Octets of unfinished commands, summed over all connections of the server. */
  pendingBytes: number;
}

export class UnixConnection {
  readonly #socket: Socket;
  readonly #context: UnixConnectionContext;
  readonly #scanner = new JsonScanner(bounds.JSON_DEPTH_MAX);
  readonly #deadline: NodeJS.Timeout;
  #phase: 'reading' | 'running' | 'answering' = 'reading';
  readonly #received = new GrowingBuffer();
  #leftoverBytes = 0;

  constructor(socket: Socket, context: UnixConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('timeout', () => this.#onTimeout());
    socket.on('error', (err) => context.log('TDM_CONTROL_UNIX_BROKEN', { err }));
    socket.on('close', () => this.#stopReading());
    socket.setTimeout(context.idleMs);
    this.#deadline = setTimeout(() => this.#onTimeout(), context.commandMs);
  }

  /** True until the command is complete: such a connection may be closed to make room. */
  get isReading(): boolean {
    return this.#phase === 'reading';
  }

  /** Answers with result 1 instead of running anything. */
  refuse(reason: string): void {
    this.#context.log('TDM_CONTROL_UNIX_REFUSED', { reason });
    this.#answer(failure(reason));
  }

  /** Ends the connection without an answer. */
  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    if (this.#phase === 'reading') this.#read(chunk);
    else this.#discard(chunk.length);
  }

  #read(chunk: Buffer): void {
    const before = this.#received.length;
    const excess = this.#excess(chunk.length);
    const verdict = excess === null ? this.#scanner.push(chunk) : 'refused';
    if (verdict === 'refused') {
      this.refuse(excess ?? this.#scanner.reason);
      return;
    }
    this.#received.push(chunk);
    this.#context.pendingBytes += chunk.length;
    if (verdict === 'complete') this.#run(before + this.#scanner.end);
  }

  /** Why so many more octets cannot be taken, or null. */
  #excess(bytes: number): string | null {
    if (this.#received.length + bytes > bounds.COMMAND_BYTES_MAX) return 'the command is too large';
    const tooMuch = this.#context.pendingBytes + bytes > bounds.COMMAND_BYTES_PENDING_MAX;
    return tooMuch ? 'too many large commands at once' : null;
  }

  #discard(bytes: number): void {
    this.#leftoverBytes += bytes;
    if (this.#leftoverBytes > bounds.UNIX_LEFTOVER_BYTES_MAX) this.destroy();
  }

  #onEnd(): void {
    if (this.#phase !== 'reading') return;
    if (this.#received.length === 0) this.#socket.end();
    else this.refuse(`the command is incomplete, discarded ${this.#received.length} bytes`);
  }

  #onTimeout(): void {
    const bytes = this.#received.length;
    if (this.#phase !== 'reading') this.destroy();
    else
      this.refuse(`Connection over control channel timed out, discarded partial command of ${bytes} bytes`);
  }

  /** @param length octets of the command */
  #run(length: number): void {
    const text = this.#received.text(length);
    this.#phase = 'running';
    this.#stopReading();
    // A command may take its time; the client's silence is no fault while it waits.
    this.#socket.setTimeout(0);
    let request: unknown;
    try {
      request = JSON.parse(text);
    } catch (error) {
      this.refuse((error as Error).message);
      return;
    }
    const { table, log } = this.#context;
    // The unix socket ignores `service`, as Kea does.
    const context = { service: null, log, transport: 'unix' } as const;
    void runCommand(table, request, context).then((answer) => this.#answer(answer));
  }

  #answer(answer: Answer): void {
    this.#phase = 'answering';
    this.#stopReading();
    if (!this.#socket.writable) return;
    this.#socket.setTimeout(this.#context.idleMs);
    this.#socket.end(this.#encode(answer));
  }

  #encode(answer: Answer): string {
    try {
      return encodeKeaJson(answer);
    } catch (err) {
      // An answer of more than half a gigabyte does not fit into a string.
      this.#context.log('TDM_CONTROL_UNIX_BROKEN', { err });
      return encodeKeaJson(failure('the answer is too large'));
    }
  }

  #stopReading(): void {
    clearTimeout(this.#deadline);
    this.#context.pendingBytes -= this.#received.length;
    this.#received.clear();
  }
}
