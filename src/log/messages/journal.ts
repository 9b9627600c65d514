import type { LogMessage } from '../messages.ts';

export const journalMessages = {} as const satisfies Record<string, LogMessage>;
