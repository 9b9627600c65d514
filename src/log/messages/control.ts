import type { LogMessage } from '../messages.ts';

export const controlMessages = {} as const satisfies Record<string, LogMessage>;
