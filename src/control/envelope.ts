/**
 * Kea's command envelope: checks one request map, runs its handler and gives back exactly one answer.
 *
 *     request   {"command": NAME, "arguments"?: ..., "service"?: ["dhcp4"]}     "remote-address" is not looked at
 *     answer    {"arguments"?: ..., "result": INT, "text"?: STRING}             written by base/kea-json.ts
 *
 * Every transport (HTTP, unix socket, peer port) goes through here, so that none can skip a check. What stands under
 * "arguments" is each command's own to judge. The texts are Kea's, because scripts match on them.
 */
import type { Log } from '../log/logger.ts';
import { type Answer, type CommandHandler, type CommandTable, failure, Result } from './answer.ts';
import { type ArgumentMap, isMap } from './arguments.ts';

/** What a `service` list may name: a server of DHCPv4, or one of DHCPv6. */
export type DhcpService = 'dhcp4' | 'dhcp6';

export interface CommandContext {
  /** The name by which a `service` list may address this server; null = `service` is not looked at. */
  readonly service: DhcpService | null;
  readonly log: Log;
  /** For the log. */
  readonly transport: 'http' | 'unix';
}

/** kea-ctrl-agent puts `remote-address` into what it forwards; whoever writes it may write anything, so it says nothing. */
const REQUEST_KEYS: ReadonlySet<string> = new Set(['command', 'arguments', 'service', 'remote-address']);
const REFUSED = 'Error during command processing: ';
/** Names longer than this are cut in answers and logs: they are the sender's text. */
const QUOTED_NAME_MAX = 64;

/**
 * Runs one command. Never throws and never rejects: a handler that throws is an answer with result 1 and a log line.
 * @param request the parsed body, unchecked
 */
export async function runCommand(
  table: CommandTable,
  request: unknown,
  context: CommandContext,
): Promise<Answer> {
  if (!isMap(request)) return failure(`${REFUSED}Invalid command Element specified, expected map`);
  const refusal = refusalOf(request, context);
  if (refusal !== null) return failure(REFUSED + refusal);
  const name = request['command'] as string;
  const handler = table.get(name);
  if (handler === undefined) return failure(`'${cut(name)}' command not supported.`, Result.unsupported);
  return runHandler(handler, name, request['arguments'], context);
}

async function runHandler(
  handler: CommandHandler,
  name: string,
  args: unknown,
  { log, transport }: CommandContext,
): Promise<Answer> {
  log('TDM_CONTROL_COMMAND', { command: name, transport });
  try {
    return await handler(args);
  } catch (error) {
    log('TDM_CONTROL_COMMAND_FAILED', { command: name, transport, err: error });
    return failure(REFUSED + (error instanceof Error ? error.message : 'unexpected error, see the log'));
  }
}

/** Why a request map is not a command for this server; null when it is one. */
function refusalOf(request: ArgumentMap, context: CommandContext): string | null {
  for (const key of Object.keys(request)) {
    if (!REQUEST_KEYS.has(key)) return `Received command contains unsupported parameter '${cut(key)}'`;
  }
  const name = request['command'];
  if (name === undefined) return "Invalid answer specified, does not contain mandatory 'command'";
  if (typeof name !== 'string') return "'command' element in command message is not a string";
  return context.service === null ? null : serviceRefusal(request['service'], context.service);
}

/** Over HTTP, "service" is absent, empty, or names this server alone. */
function serviceRefusal(service: unknown, own: string): string | null {
  if (service === undefined) return null;
  if (!Array.isArray(service)) return "'service' value must be a list";
  if (service.length === 0 || (service.length === 1 && service[0] === own)) return null;
  return `'service' must be empty or name '${own}' alone: this server forwards to no other`;
}

/** The sender's text, cut, so that neither an answer nor a log line grows with it. */
function cut(name: string): string {
  return name.length <= QUOTED_NAME_MAX ? name : `${name.slice(0, QUOTED_NAME_MAX)}...`;
}
