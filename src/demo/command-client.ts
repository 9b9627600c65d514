/** Sends control commands to a server over HTTP, as an operator's tools do. */
import { Pool } from 'undici';
import type { Answer } from '../control/answer.ts';

const TIMEOUT_MS = 2000;

export class CommandClient {
  readonly #pool: Pool;

  /** @param port of the control socket on 127.0.0.1 */
  constructor(port: number) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, {
      connections: 1,
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
      body: JSON.stringify({ command, service: ['dhcp4'] }),
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
