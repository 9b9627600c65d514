/** In place of src/control/http/kea-http.ts: what other machines can ask of this one. */
import { encodeKeaJson } from '../../../src/base/kea-json.ts';
import { failure } from '../../../src/control/answer.ts';
import { runCommand } from '../../../src/control/envelope.ts';
import { readCommandBody } from '../../../src/control/http/body.ts';
import type { KeaHttpAccess, KeaHttpOptions, KeaHttpServer } from '../../../src/control/http/kea-http.ts';
import { slot } from './slot.ts';

export type { KeaHttpAccess, KeaHttpOptions, KeaHttpServer };

export function createKeaHttpServer(options: KeaHttpOptions): KeaHttpServer {
  const { port, service, log } = options;
  let access: KeaHttpAccess = options;
  const { machine } = slot;
  return {
    listen: async () => {
      machine.listeners.set(port, {
        answer: async (text: string): Promise<string> => {
          const body = readCommandBody(text);
          if (body.kind === 'malformed') return refusal(400, body.reason);
          if (body.kind === 'refused') return encodeKeaJson([failure(body.reason)]);
          const { command } = body.request as { readonly command: string };
          if (access.allow && !access.allow.has(command))
            return refusal(403, 'this command is not open here');
          return encodeKeaJson([
            await runCommand(access.table, body.request, { service, log, transport: 'http' }),
          ]);
        },
        upgrade: () => access.upgrade ?? null,
      });
      return { port };
    },
    admit: (next) => {
      access = next;
    },
    renew: () => {},
    close: async () => {
      machine.listeners.delete(port);
    },
  };
}

function refusal(result: number, text: string): string {
  return JSON.stringify({ result, text });
}
