/** Kea's control socket: one command a connection, the answer ends with the connection. */
import { connect } from 'node:net';

export interface CommandAnswer {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: unknown;
}

const TIMEOUT_MS = 30_000;

/** Sends one command to a unix socket. @throws Error when nobody answers in time or the answer is not JSON. */
export async function sendCommand(
  socketPath: string,
  command: string,
  args?: Readonly<Record<string, unknown>>,
): Promise<CommandAnswer> {
  const text = await sendText(socketPath, JSON.stringify({ command, ...(args && { arguments: args }) }));
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = text.slice(0, 200);
    throw new Error(`${command}: the answer of ${socketPath} is no JSON: ${shown}`, { cause: error });
  }
}

/** Sends any text. @returns the answer as it came, "" when there was none. @throws Error when it is late */
export function sendText(socketPath: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(socketPath);
    socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`${request.slice(0, 200)}: no answer in ${TIMEOUT_MS} ms from ${socketPath}`));
    });
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
