/** Tells who wants to hear it that a command has changed leases. */
import type { ArgumentMap, CommandListener, LeaseCommandName } from '../../events/event.ts';
import { type CommandHandler, Result } from '../answer.ts';
import { isMap } from '../arguments.ts';

/** Who wants to hear it, read at each command; absent or null = nobody. */
export interface ToldParts {
  readonly listener?: () => CommandListener | null;
}

/** A command that changes one lease. */
export function told(parts: ToldParts, command: LeaseCommandName, handler: CommandHandler): CommandHandler {
  return async (args) => {
    const answer = await handler(args);
    if (answer.result === Result.success && isMap(args)) parts.listener?.()?.(command, args);
    return answer;
  };
}

/** A command with many leases, of which the answer names those that were not taken. */
export function toldInBulk(family: 4 | 6, parts: ToldParts, handler: CommandHandler): CommandHandler {
  return async (args) => {
    const answer = await handler(args);
    const listener = parts.listener?.() ?? null;
    if (listener === null || answer.result !== Result.success || !isMap(args)) return answer;
    const refused = isMap(answer.arguments) ? answer.arguments : {};
    tell(listener, `lease${family}-del`, args, args['deleted-leases'], refused['failed-deleted-leases']);
    tell(listener, `lease${family}-update`, args, args['leases'], refused['failed-leases']);
    return answer;
  };
}

function tell(
  listener: CommandListener,
  command: LeaseCommandName,
  { origin }: ArgumentMap,
  leases: unknown,
  failed: unknown,
): void {
  if (!Array.isArray(leases)) return;
  const addressesFailed = new Set(Array.isArray(failed) ? failed.map((each) => each['ip-address']) : []);
  for (const lease of leases)
    if (isMap(lease) && !addressesFailed.has(lease['ip-address']))
      listener(command, origin === undefined ? lease : { ...lease, origin });
}
