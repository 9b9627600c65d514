import type { LogMessage } from '../messages.ts';

export const engineMessages = {} as const satisfies Record<string, LogMessage>;
