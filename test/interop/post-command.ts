/**
 * Program: sends one command to a peer port, as a partner would or somebody who is none, and prints what came of it:
 * "answer STATUS BODY" or "failure REASON".
 * Usage: node post-command.js JSON, the JSON being a PostPlan.
 */
import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { TlsFiles } from './certificates.ts';

export interface PostPlan {
  /** "https://10.64.0.1:8000/" */
  readonly url: string;
  readonly command: string;
  /** The authority that the server must have, and a client certificate if there is a cert-file. */
  readonly tls?: Partial<TlsFiles>;
  /** "user:password" */
  readonly credentials?: string;
}

const TIMEOUT_MS = 5_000;

const { url, command, tls = {}, credentials }: PostPlan = JSON.parse(process.argv[2] ?? '');
const body = JSON.stringify({ command, service: ['dhcp4'] });
const read = (file: string | undefined) => (file === undefined ? {} : readFileSync(file));
const options = {
  method: 'POST',
  timeout: TIMEOUT_MS,
  headers: { 'content-type': 'application/json', 'content-length': body.length },
  ...(credentials !== undefined && { auth: credentials }),
  ...(tls['trust-anchor'] && { ca: read(tls['trust-anchor']), checkServerIdentity: () => undefined }),
  ...(tls['cert-file'] && { cert: read(tls['cert-file']), key: read(tls['key-file']) }),
};
const request = (url.startsWith('https:') ? requestHttps : requestHttp)(
  url,
  options as object,
  (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    response.on('end', () => process.stdout.write(`answer ${response.statusCode} ${text}\n`));
  },
);
request.on('timeout', () => request.destroy(new Error('no answer in time')));
request.on('error', (error) => process.stdout.write(`failure ${error.message}\n`));
request.end(body);
