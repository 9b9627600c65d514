/** What the listeners of lease events have of a family. */
import type { HooksConfig } from '../../config/hook-model.ts';
import type { PartnerChange } from '../../events/event.ts';
import type { LegalLines } from '../../hooks/legal-log.ts';
import type { ScriptCall } from '../../hooks/script-call.ts';

/** What of a configuration of either family takes part. */
export interface EventsConfig {
  readonly hooks: Pick<HooksConfig, 'runScript' | 'legalLog'>;
  readonly subnets: readonly {
    readonly id: number;
    readonly userContext: Readonly<Record<string, unknown>> | null;
  }[];
}

export interface EventsFamily<Config extends EventsConfig, Event> {
  readonly number: 4 | 6;
  /** Reads what shards have written. @param bytes in memory of their own */
  parse(kind: number, bytes: Uint8Array): Event;
  /** Reads what the link thread has written. */
  parsePartnerChange(bytes: Uint8Array): PartnerChange;
  /** What a script is run for under a configuration. */
  scriptCallsBy(config: Config): (event: Event) => readonly ScriptCall[];
  readonly lines: LegalLines<Event>;
}
