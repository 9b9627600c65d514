import type { LogMessage } from '../messages.ts';

export const peerMessages = {} as const satisfies Record<string, LogMessage>;
