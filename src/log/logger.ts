/** The program's log: pino JSON lines, one id an event. Every id stands in the catalogue with its level and meaning. */
import type { LogId } from './messages.ts';

/** Writes one event. The level comes from the catalogue. */
export type Log = (id: LogId, fields?: Readonly<Record<string, unknown>>) => void;
