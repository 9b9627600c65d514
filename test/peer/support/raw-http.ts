/** HTTP by hand over a bare TCP connection, for what no proper client would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function openSocket(port: number, localAddress?: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress ? { localAddress } : {}) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Reads one response; null when the connection ends without one. */
export async function readResponse(socket: Socket): Promise<RawResponse | null> {
  let text = '';
  for (;;) {
    const complete = parseResponse(text);
    if (complete !== null) return complete;
    const chunk = await nextChunk(socket);
    if (chunk === null) return null;
    text += chunk.toString('latin1');
  }
}

function nextChunk(socket: Socket): Promise<Buffer | null> {
  if (socket.destroyed || socket.readableEnded) return Promise.resolve(null);
  return new Promise((resolve) => {
    const settle = (chunk: Buffer | null): void => {
      socket.off('data', settle).off('close', ended).off('end', ended);
      socket.pause();
      resolve(chunk);
    };
    const ended = (): void => settle(null);
    socket.once('data', settle).once('close', ended).once('end', ended);
    socket.resume();
  });
}

function parseResponse(text: string): RawResponse | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const length = Number(headers['content-length'] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return null;
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.slice(0, length) };
}

/** Opens a connection, sends the text, reads one response and closes. */
export async function rawExchange(port: number, text: string): Promise<RawResponse | null> {
  const socket = await openSocket(port);
  socket.write(text, 'latin1');
  const response = await readResponse(socket);
  socket.destroy();
  return response;
}

/** A request as Kea writes it. */
export function keaRequest(body: string, headers: readonly string[] = []): string {
  return [
    'POST / HTTP/1.1',
    'Host: 127.0.0.1',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    'Content-Type: application/json',
    '',
    body,
  ].join('\r\n');
}
