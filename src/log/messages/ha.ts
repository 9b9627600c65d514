import type { LogMessage } from '../messages.ts';

export const haMessages = {} as const satisfies Record<string, LogMessage>;
