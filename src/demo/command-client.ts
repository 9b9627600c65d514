/** Sends control commands to a server over HTTP, as an operator's tools do. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import type { Answer } from '../control/answer.ts';
import { LOOPBACK, type TlsFiles } from './pair-config.ts';

const TIMEOUT_MS = 2000;

export class CommandClient {
  readonly #pool: Pool;
  readonly #service: string;

  /** @param port of the control socket @param tls what a server asks that wants to know who connects */
  constructor(port: number, address = LOOPBACK.address, tls: TlsFiles | null = null, family: 4 | 6 = 4) {
    this.#service = `dhcp${family}`;
    this.#pool = new Pool(`${tls === null ? 'http' : 'https'}://${address}:${port}`, {
      connections: 1,
      ...(tls !== null && { connect: readCredentials(tls) }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /**
   * Runs one command.
   * @returns what stands under "arguments"
   * @throws when the server cannot be reached or answers with an error
   */
  async run(command: string): Promise<Record<string, unknown>> {
    const response = await this.#pool.request({
      path: '/',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command, service: [this.#service] }),
    });
    const answers = (await response.body.json()) as readonly Answer[];
    const answer = answers[0];
    if (answer?.result !== 0) throw new Error(`${command}: ${answer?.text ?? 'no answer'}`);
    return (answer.arguments ?? {}) as Record<string, unknown>;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** A pair's certificates need not carry addresses. */
function readCredentials(tls: TlsFiles) {
  return {
    ca: readFileSync(tls['trust-anchor']),
    cert: readFileSync(tls['cert-file']),
    key: readFileSync(tls['key-file']),
    checkServerIdentity: () => undefined,
  };
}
