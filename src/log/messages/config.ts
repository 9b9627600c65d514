import type { LogMessage } from '../messages.ts';

export const configMessages = {} as const satisfies Record<string, LogMessage>;
