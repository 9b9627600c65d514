/** Kea's hook libraries that Tandem has built in, as the rest of the program sees them; null = not loaded. See model.ts. */
import type { TestNode, ValueNode } from '../classes/syntax-tree.ts';
import type { OptionDefinition } from '../options/definition.ts';
import type { FieldType } from '../options/fields.ts';
import type { SyslogFacility } from './model.ts';

export interface HooksConfig {
  readonly runScript: RunScriptConfig | null;
  readonly legalLog: LegalLogConfig | null;
  readonly flexId: FlexIdConfig | null;
  readonly flexOption: FlexEntriesConfig | null;
  readonly limits: LimitsConfig | null;
  /** libdhcp_bootp, which has no parameters. */
  readonly bootp: boolean;
  readonly pingCheck: PingCheckConfig | null;
  readonly perfmon: PerfmonConfig | null;
}

/** libdhcp_run_script. */
export interface RunScriptConfig {
  /** Absolute path of the program. */
  readonly path: string;
}

/** libdhcp_legal_log. Whether a subnet is left out, its user context says. */
export interface LegalLogConfig {
  readonly target: LegalFileConfig | LegalSyslogConfig;
  /** Null = Kea's own lines. */
  readonly formats: LegalFormats | null;
}

/** Files by date. */
export interface LegalFileConfig {
  readonly kind: 'file';
  /** Absolute. */
  readonly directory: string;
  readonly baseName: string;
  readonly timeUnit: 'second' | 'day' | 'month' | 'year';
  /** Units after which another file is begun, 0 = never. */
  readonly count: number;
  /** Programs that are run with the name of the file that was closed, and of the one that was opened. */
  readonly prerotate: string | null;
  readonly postrotate: string | null;
  /** As for strftime. */
  readonly timestampFormat: string;
}

/** The system's log. */
export interface LegalSyslogConfig {
  readonly kind: 'syslog';
  readonly facility: keyof typeof SyslogFacility;
  /** As of an output of a logger; null = Kea's own. */
  readonly pattern: string | null;
}

/** What the lines for queries say; at least one of them is there. */
export interface LegalFormats {
  readonly request: ValueNode | null;
  readonly response: ValueNode | null;
}

/** libdhcp_flex_id. */
export interface FlexIdConfig {
  /** Its value is the identifier of a client. */
  readonly identifier: ValueNode;
  /** The lease is that of the identifier, not of the client identifier. */
  readonly replacesClientId: boolean;
  /** Of DHCPv6: the only IA_NA of a client, and its only IA_PD, is known without its IAID. */
  readonly ignoresIaids: boolean;
}

/** libdhcp_limits: what classes and subnets say of it in their user contexts. */
export interface LimitsConfig {
  /** By name. */
  readonly classes: readonly ScopeLimits<string>[];
  /** By name; what stands here each class has that the template makes. */
  readonly templates: readonly ScopeLimits<string>[];
  /** By id. */
  readonly subnets: readonly ScopeLimits<number>[];
}

export interface ScopeLimits<T> {
  readonly key: T;
  readonly rate: RateLimit | null;
  /** Leases of addresses at most; null = any number. */
  readonly addressLimit: number | null;
  /** The same of prefixes. */
  readonly prefixLimit: number | null;
}

/** So many queries are served in any period of this length. */
export interface RateLimit {
  /** u32. */
  readonly packets: number;
  readonly periodSec: number;
}

/** libdhcp_ping_check. */
export interface PingCheckConfig {
  /** Where a subnet says nothing else. */
  readonly settings: PingSettings;
  /** By id. */
  readonly subnets: readonly { readonly key: number; readonly settings: PingSettings }[];
}

export interface PingSettings {
  readonly isEnabled: boolean;
  /** Echo requests that have to be unanswered, at least 1. */
  readonly requests: number;
  readonly replyTimeoutMs: number;
  /** A client that had the address so lately gets it again unchecked. */
  readonly clttSec: number;
}

/** libdhcp_flex_option: what is done to the options of a reply when it is complete. */
export interface FlexEntriesConfig {
  /** Ascending by code, those of one code in the order of the file. */
  readonly options: readonly FlexOptionConfig[];
  /** Ascending by container and code; they come after the options. */
  readonly subOptions: readonly FlexSubOptionConfig[];
}

/** What an entry is about, and for whom. */
export interface FlexTarget {
  /** 1..254, of DHCPv6 1..65535. */
  readonly code: number;
  /** The query must be in this class; '' = any query. */
  readonly clientClass: string;
}

export type FlexAction =
  | {
      /** add: unless it is there already. supersede: in the place of what is there. */
      readonly kind: 'add' | 'supersede';
      /** An empty value asks for nothing. */
      readonly value: ValueNode;
      /** The value is text in the form of this definition; null = it is the octets themselves. */
      readonly definition: OptionDefinition | null;
    }
  | { readonly kind: 'remove'; readonly test: TestNode };

export interface FlexOptionConfig extends FlexTarget {
  readonly action: FlexAction;
}

export interface FlexSubOptionConfig extends FlexOptionConfig {
  /** Code of the option that it is in. */
  readonly container: number;
  readonly containerClass: string;
  /** Of a container 125, of DHCPv6 17; else 0. */
  readonly enterprise: number;
  /** The fields before the sub-options of the container; null = nobody knows. */
  readonly fields: readonly FieldType[] | null;
  /** A missing container is made, an empty one removed. */
  readonly touchesContainer: boolean;
}

/** The milestones of a query in their order, by Kea's names; the third only with several threads. */
export const PERFMON_EVENTS = [
  'socket_received',
  'buffer_read',
  'mt_queued',
  'process_started',
  'process_completed',
] as const;
/** From the first milestone to the last. */
export const PERFMON_TOTAL = { start: 'composite', stop: 'total_response' } as const;

export type PerfmonPair = readonly [queryType: string, responseType: string];

/** Queries with their answers, by family: what a duration is measured of. */
export const PERFMON_PAIRS = {
  4: [
    ['DHCPDISCOVER', 'DHCPOFFER'],
    ['DHCPREQUEST', 'DHCPACK'],
    ['DHCPREQUEST', 'DHCPNAK'],
    ['DHCPINFORM', 'DHCPACK'],
  ],
  6: [
    ['SOLICIT', 'ADVERTISE'],
    ['SOLICIT', 'REPLY'],
    ['REQUEST', 'REPLY'],
    ['CONFIRM', 'REPLY'],
    ['RENEW', 'REPLY'],
    ['REBIND', 'REPLY'],
  ],
} as const satisfies Record<4 | 6, readonly PerfmonPair[]>;

/** libdhcp_perfmon. */
export interface PerfmonConfig {
  readonly isEnabled: boolean;
  /** Means are made of so many seconds, at least 1. */
  readonly intervalSec: number;
  readonly reportsStatistics: boolean;
  /** An alarm that lasts is told again after so many seconds. */
  readonly alarmReportSec: number;
  /** Each about another duration. */
  readonly alarms: readonly PerfmonAlarm[];
}

/** What a duration is of. */
export interface DurationKey {
  /** Names of message types; '*' is none of them. */
  readonly queryType: string;
  readonly responseType: string;
  readonly startEvent: string;
  readonly stopEvent: string;
  /** 0 = of all subnets. */
  readonly subnetId: number;
}

export interface PerfmonAlarm {
  readonly key: DurationKey;
  readonly isEnabled: boolean;
  /** Above the first it is raised, below the second cleared: 0 < low < high. */
  readonly highWaterMs: number;
  readonly lowWaterMs: number;
}

export const NO_HOOKS: HooksConfig = {
  runScript: null,
  legalLog: null,
  flexId: null,
  flexOption: null,
  limits: null,
  bootp: false,
  pingCheck: null,
  perfmon: null,
};
