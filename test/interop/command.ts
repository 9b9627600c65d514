/** Kea's control socket: one command a connection, the answer ends with the connection. */
import { connect } from 'node:net';

export interface CommandAnswer {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: unknown;
}

const TIMEOUT_MS = 10_000;

/** Sends one command to a unix socket. @throws Error when nobody answers in time or the answer is not JSON. */
export function sendCommand(
  socketPath: string,
  command: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<CommandAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(socketPath);
    socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`${command}: no answer in ${TIMEOUT_MS} ms from ${socketPath}`));
    });
    socket.on('connect', () => socket.write(JSON.stringify({ command, ...(args && { arguments: args }) })));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      try {
        resolve(JSON.parse(text));
      } catch (error) {
        reject(
          new Error(`${command}: the answer of ${socketPath} is no JSON: ${text.slice(0, 200)}`, {
            cause: error,
          }),
        );
      }
    });
  });
}
