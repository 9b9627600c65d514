/**
 * The client of `tandem ctl`: sends one command over HTTP or a unix socket and shows the answer. It speaks Kea's
 * protocol, so that it works against a Kea server just as well.
 */
import { connect } from 'node:net';
import { Client } from 'undici';
import type { DhcpService } from '../control/envelope.ts';

export interface CtlOptions {
  /** For example `http://127.0.0.1:8000/`; a user and password may stand in it. Either this or `socket`. */
  readonly url?: string | undefined;
  /** Path of a unix socket. */
  readonly socket?: string | undefined;
  /** Whom a control agent of Kea passes the command to; a server itself need not be told that it is meant. */
  readonly service?: DhcpService | undefined;
  readonly command: string;
  /** The arguments as JSON text; must be a map. */
  readonly argsJson?: string | undefined;
  /** Silence of the server after which it is given up; default 60 s, a reload may take a while. */
  readonly timeoutMs?: number | undefined;
  /** Octets of an answer after which it is given up; default 256 MiB, some 800,000 leases. */
  readonly answerBytesMax?: number | undefined;
}

export interface CtlOutcome {
  /** 0 = done, 3 = done but nothing found, 1 = any other answer, 2 = no answer, or a wrong call. */
  readonly exitCode: 0 | 1 | 2 | 3;
  /** The answer as indented JSON, or one line that says what went wrong. */
  readonly output: string;
}

const TIMEOUT_MS = 60_000;
/** Twice that is more than a string can hold. */
const ANSWER_BYTES_MAX = 1 << 28;

interface Limits {
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

/** Sends the command. Never rejects. */
export async function runCtl(options: CtlOptions): Promise<CtlOutcome> {
  const { url, socket, service, timeoutMs = TIMEOUT_MS, answerBytesMax = ANSWER_BYTES_MAX } = options;
  const limits = { timeoutMs, answerBytesMax };
  if ((url === undefined) === (socket === undefined)) return failed('give either a URL or a unix socket');
  const args = parsedMap(options.argsJson);
  if (args === null) {
    return failed(
      `the arguments must be a JSON map, such as {"name": "pkt4-received"}; found ${options.argsJson}`,
    );
  }
  const addressee = service === undefined ? {} : { service: [service] };
  const body = JSON.stringify({ command: options.command, ...addressee, arguments: args });
  try {
    if (socket !== undefined) return shown(await overUnixSocket(socket, body, limits));
    return shown(await overHttp(new URL(url!), body, limits));
  } catch (error) {
    return failed(`${socket ?? withoutPassword(url!)}: ${reasonOf(error)}`);
  }
}

/** The map that the text holds; undefined for no text, null when the text holds anything else. */
function parsedMap(text: string | undefined): object | null | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

async function overHttp(url: URL, body: string, limits: Limits): Promise<string> {
  const { timeoutMs, answerBytesMax } = limits;
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const client = new Client(url.origin, { maxResponseSize: answerBytesMax });
  try {
    const response = await client.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: {
        // Exactly this: Kea refuses a charset behind it.
        'content-type': 'application/json',
        ...(credentials === ':'
          ? {}
          : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
      body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    return await response.body.text();
  } finally {
    await client.destroy();
  }
}

function overUnixSocket(path: string, body: string, limits: Limits): Promise<string> {
  const { timeoutMs, answerBytesMax } = limits;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let octets = 0;
    const socket = connect(path, () => socket.write(body));
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      octets += chunk.length;
      if (octets > answerBytesMax)
        socket.destroy(new Error(`the answer is longer than ${answerBytesMax} octets`));
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** Reads an answer: a list of one over HTTP, a bare map over a unix socket and for errors of HTTP itself. */
function shown(text: string): CtlOutcome {
  const answer = answerIn(text);
  const result = answer?.result;
  if (typeof result !== 'number')
    return failed(`this is no answer to a command: ${JSON.stringify(text.slice(0, 200))}`);
  return { exitCode: result === 0 || result === 3 ? result : 1, output: JSON.stringify(answer, null, 2) };
}

function answerIn(text: string): { readonly result?: unknown } | null | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    // Whatever it is, only a number under "result" is looked for in it.
    return (Array.isArray(parsed) ? parsed[0] : parsed) as { readonly result?: unknown } | null | undefined;
  } catch {
    return null;
  }
}

function failed(reason: string): CtlOutcome {
  return { exitCode: 2, output: reason };
}

/** What may be printed of a URL. */
function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//');
}

/** Some network errors are bundles without a text of their own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
