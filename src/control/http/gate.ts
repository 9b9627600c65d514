/**
 * What a request must show before its body is read: Kea's header rules, credentials, and that there is room for it.
 * Judging first means that a stranger cannot make this server read, keep or parse 64 MiB.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../base/clock.ts';

/** An HTTP error that ends a request. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** Credentials that every request has to show. */
export interface BasicAuth {
  readonly user: string;
  readonly password: string;
}

/** One, or several of which one has to be shown; null or empty = none are asked for. */
export type Logins = BasicAuth | readonly BasicAuth[] | null;

export const HTTP_BODY_BYTES_MAX = 64 * 1024 * 1024;
/**
 * Credentials that were replaced are accepted, and tried, for this long: two servers cannot change theirs at the same moment, and
 * no heartbeat may fail in between.
 */
export const FORMER_CREDENTIALS_MS = 60_000;
/** Bodies above this share a budget: 256 connections with the largest body each would take 16 GB. */
const SMALL_BODY_BYTES = 1024 * 1024;
const LARGE_BODIES_BYTES_MAX = 2 * HTTP_BODY_BYTES_MAX;
/** Commands being run at once: one a connection, and room for clients that pipeline. */
const ACTIVE_REQUESTS_MAX = 1_024;
const CONTENT_TYPE = 'application/json';

const UNAUTHORIZED: Refusal = { status: 401, reason: 'Unauthorized' };
const CROWDED: Refusal = {
  status: 503,
  reason: 'Service Unavailable: too many requests at once, try again',
};

export class HttpGate {
  readonly #clock: Clock;
  /** Empty = none are asked for. */
  #credentials: readonly Buffer[];
  #former: { readonly credentials: readonly Buffer[]; readonly untilMs: number } | null = null;
  #largeBytes = 0;
  #active = 0;

  constructor(basicAuth: Logins, clock: Clock) {
    this.#clock = clock;
    this.#credentials = encode(basicAuth);
  }

  /** From the next request on these are the credentials to show, or for a short time those before; null = none. */
  renew(basicAuth: Logins): void {
    const now = encode(basicAuth);
    const gone = this.#credentials.filter((before) => !now.some((each) => each.equals(before)));
    this.#credentials = now;
    if (gone.length === 0) return;
    this.#former = { credentials: gone, untilMs: this.#clock.monotonicMs() + FORMER_CREDENTIALS_MS };
  }

  /** Why a request is turned away, or null: then `enter` and, when it has been answered, `leave` must follow. */
  judge(method: string | undefined, headers: IncomingHttpHeaders): Refusal | null {
    if (method !== 'POST') return { status: 400, reason: 'Bad Request: only POST carries commands' };
    const bytes = bodyBytes(headers);
    if (Number.isNaN(bytes))
      return { status: 400, reason: 'Bad Request: a Content-Length is needed, chunks are not taken' };
    if (headers['content-type']?.toLowerCase() !== CONTENT_TYPE)
      return { status: 400, reason: `Bad Request: the Content-Type must be exactly ${CONTENT_TYPE}` };
    if (!this.#isKnown(headers)) return UNAUTHORIZED;
    if (bytes > HTTP_BODY_BYTES_MAX)
      return { status: 413, reason: `Payload Too Large: more than ${HTTP_BODY_BYTES_MAX} bytes` };
    if (this.#active >= ACTIVE_REQUESTS_MAX || this.#largeBytes + largeBytes(bytes) > LARGE_BODIES_BYTES_MAX)
      return CROWDED;
    return null;
  }

  /** As `judge`, for a page, which needs no body. */
  judgePage(headers: IncomingHttpHeaders): Refusal | null {
    if (!this.#isKnown(headers)) return UNAUTHORIZED;
    return this.#active >= ACTIVE_REQUESTS_MAX ? CROWDED : null;
  }

  /** As `judge`, for a connection that is to become something else. */
  judgeUpgrade(method: string | undefined, headers: IncomingHttpHeaders): Refusal | null {
    if (method !== 'GET') return { status: 400, reason: 'Bad Request: only GET asks for an upgrade' };
    if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
      return { status: 400, reason: 'Bad Request: an upgrade has no body' };
    return this.#isKnown(headers) ? null : UNAUTHORIZED;
  }

  #isKnown({ authorization }: IncomingHttpHeaders): boolean {
    if (this.#credentials.length === 0 || showsOneOf(authorization, this.#credentials)) return true;
    const former = this.#former;
    return (
      former !== null &&
      this.#clock.monotonicMs() < former.untilMs &&
      showsOneOf(authorization, former.credentials)
    );
  }

  enter(headers: IncomingHttpHeaders): void {
    this.#active++;
    this.#largeBytes += largeBytes(bodyBytes(headers));
  }

  leave(headers: IncomingHttpHeaders): void {
    this.#active--;
    this.#largeBytes -= largeBytes(bodyBytes(headers));
  }
}

function encode(basicAuth: Logins): readonly Buffer[] {
  const logins = basicAuth === null ? [] : [basicAuth].flat();
  return logins.map(({ user, password }) => Buffer.from(`${user}:${password}`));
}

/** The announced length of the body; NaN when there is none. Node's parser has checked that it is a number. */
function bodyBytes(headers: IncomingHttpHeaders): number {
  const length = headers['content-length'];
  return length === undefined || headers['transfer-encoding'] !== undefined ? Number.NaN : Number(length);
}

function largeBytes(bytes: number): number {
  return bytes > SMALL_BODY_BYTES ? bytes : 0;
}

/** Compares in a time that tells nothing of the bytes; the length of the credentials is no secret worth keeping. */
function showsOneOf(authorization: string | undefined, expected: readonly Buffer[]): boolean {
  const encoded = authorization !== undefined && /^basic +([a-z0-9+/=]+) *$/i.exec(authorization)?.[1];
  if (!encoded) return false;
  const shown = Buffer.from(encoded, 'base64');
  return expected.some((each) => shown.length === each.length && timingSafeEqual(shown, each));
}
