/** The control side as the rest of the program sees it; see model.ts. */
import type { HaPeerConfig, HaSecret } from './ha-model.ts';

/** Libraries of Kea that are nothing but commands, by the middle of their file names. */
export const COMMAND_LIBRARIES = ['stat_cmds', 'subnet_cmds', 'class_cmds', 'host_cmds'] as const;
export type CommandLibrary = (typeof COMMAND_LIBRARIES)[number];

/** How much of the past of a statistic is kept at first; commands can change it for each. */
export interface StatisticSamplesConfig {
  /** Samples, 0 = as many as are younger than `ageSec`. */
  readonly count: number;
  readonly ageSec: number;
}

export type ControlSocketConfig = { readonly kind: 'unix'; readonly path: string } | HttpSocketConfig;

export interface HttpSocketConfig {
  readonly kind: 'http';
  readonly address: string;
  readonly port: number;
  /** Null = plain HTTP. */
  readonly tls: (NonNullable<HaPeerConfig['tls']> & { readonly requireClientCerts: boolean }) | null;
  /** Of which a request has to show one; empty = none are asked for. */
  readonly clients: readonly ControlClientConfig[];
  readonly realm: string;
  /** Sent with every answer. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Null as the user: the password's file holds "user:password". */
export interface ControlClientConfig {
  readonly user: HaSecret | null;
  readonly password: HaSecret;
}
