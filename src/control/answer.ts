/** Kea's command envelope, shared by the control API and the peer port. */

export const Result = {
  success: 0,
  error: 1,
  unsupported: 2,
  empty: 3,
  conflict: 4,
  fatal: 5,
  notAllowed: 1001,
} as const;

/** One answer object; on HTTP it is sent inside a list, on the unix socket bare. */
export interface Answer {
  result: number;
  text?: string;
  arguments?: unknown;
}

/** Runs one command. `args` is what stood under "arguments", unchecked; undefined when absent. Never throws for bad input. */
export type CommandHandler = (args: unknown) => Answer | Promise<Answer>;

/** Command name -> handler. Parts of the program contribute theirs in app.ts. */
export type CommandTable = ReadonlyMap<string, CommandHandler>;

export function success(text: string, args?: unknown): Answer {
  return args === undefined
    ? { result: Result.success, text }
    : { result: Result.success, text, arguments: args };
}

export function failure(text: string, result: number = Result.error): Answer {
  return { result, text };
}
