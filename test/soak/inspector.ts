/**
 * Has the main thread of a server collect its garbage. What it has not collected yet looks like growth for an hour: it makes so
 * little that V8 leaves it alone until its heap has doubled.
 */
import { once } from 'node:events';
import { WebSocket } from 'undici';

/** For NODE_OPTIONS of a process that is to be inspected. */
export function inspectedAt(port: number): string {
  return `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`;
}

export class Inspector {
  readonly #socket: WebSocket;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @param port that the process was started with @throws when nobody answers there */
  static async open(port: number): Promise<Inspector> {
    const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      readonly webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(list[0]!.webSocketDebuggerUrl);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Resolves when it is done. */
  async collectGarbage(): Promise<void> {
    const id = ++this.#calls;
    const answer = once(this.#socket, 'message');
    this.#socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answer;
  }

  close(): void {
    this.#socket.close();
  }
}
