/** Refusals of an HTTP port: a bare map, and where there is no request to answer, on the bare socket. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { encodeKeaJson } from '../../base/kea-json.ts';
import type { Refusal } from './gate.ts';

export function encodeRefusal({ status, reason }: Refusal): Buffer {
  return Buffer.from(encodeKeaJson({ result: status, text: reason }));
}

/** Answers and closes the connection. @param headers further lines of the answer */
export function refuseBare(socket: Socket, refusal: Refusal, headers: readonly string[] = []): void {
  const body = encodeRefusal(refusal);
  const lines = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    ...headers,
    'Connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.end(body);
  socket.destroySoon();
}
