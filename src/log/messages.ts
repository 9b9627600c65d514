/**
 * The catalogue of log messages. Each part of the program keeps its own list beside this file; docs/messages.md lists
 * every id exactly once, which a test checks.
 */
import { configMessages } from './messages/config.ts';
import { controlMessages } from './messages/control.ts';
import { ddnsMessages } from './messages/ddns.ts';
import { engineMessages } from './messages/engine.ts';
import { eventMessages } from './messages/events.ts';
import { haMessages } from './messages/ha.ts';
import { journalMessages } from './messages/journal.ts';
import { logMessages } from './messages/log.ts';
import { peerMessages } from './messages/peer.ts';
import { perfmonMessages } from './messages/perfmon.ts';

/** `text` is the message; `meaning` tells the operator what happened and what to do. */
export interface LogMessage {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug';
  readonly text: string;
  readonly meaning: string;
}

export const messages = {
  ...configMessages,
  ...controlMessages,
  ...ddnsMessages,
  ...engineMessages,
  ...eventMessages,
  ...haMessages,
  ...journalMessages,
  ...logMessages,
  ...peerMessages,
  ...perfmonMessages,
} as const satisfies Record<string, LogMessage>;

export type LogId = keyof typeof messages;
