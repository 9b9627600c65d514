/** Recordings of two real Kea 2.2 servers, one HTTP message a line, and what Kea 3.3 writes by its sources. */
import { readFileSync } from 'node:fs';

interface Message {
  readonly stream: number;
  /** Only requests have one. */
  readonly method?: string;
  readonly headers: readonly string[];
  readonly body: unknown;
}

export interface KeaRequest {
  readonly command: string;
  readonly service: readonly string[];
  readonly arguments?: unknown;
}

export interface KeaReply {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: unknown;
}

export interface Exchange {
  readonly request: KeaRequest;
  readonly requestHeaders: readonly string[];
  readonly reply: KeaReply;
  readonly replyHeaders: readonly string[];
}

export interface KeaMessages {
  readonly requests: Readonly<Record<string, KeaRequest>>;
  readonly answers: Readonly<Record<string, KeaReply>>;
  /** One entry of the high-availability list of status-get. */
  readonly status: object;
}

/** Tests run from build/test/ha/support; the fixtures stay among the sources. */
function fixture(name: string): string {
  return readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url), 'utf8');
}

/** lb4: DHCPv4, load-balancing. hs6: DHCPv6, hot-standby. Requests with their replies, in order. */
export function readTrace(name: 'lb4' | 'hs6'): readonly Exchange[] {
  const lines = fixture(`kea-traces/${name}.ndjson`).trim().split('\n');
  const messages = lines.map((line) => JSON.parse(line) as Message);
  return messages.flatMap((message, index) => {
    if (message.method === undefined) return [];
    // A stream carries one request at a time.
    const reply = messages
      .slice(index + 1)
      .find((other) => other.stream === message.stream && other.method === undefined);
    if (reply === undefined) throw new Error(`${name}: request ${index} has no reply`);
    return {
      request: message.body as KeaRequest,
      requestHeaders: message.headers,
      reply: (reply.body as KeaReply[])[0]!,
      replyHeaders: reply.headers,
    };
  });
}

export function readKea3Messages(): KeaMessages {
  return JSON.parse(fixture('kea-messages.json')) as KeaMessages;
}
