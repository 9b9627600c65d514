/** High-availability configuration: Kea's hook parameters, complete, with defaults by mode filled in. */

export type HaMode = 'load-balancing' | 'hot-standby' | 'passive-backup';
export type HaRole = 'primary' | 'secondary' | 'standby' | 'backup';
export type PauseRule = 'always' | 'once' | 'never';

export interface HaRelationshipConfig {
  readonly thisServerName: string;
  readonly mode: HaMode;
  readonly heartbeatDelayMs: number;
  readonly maxResponseDelayMs: number;
  readonly maxAckDelayMs: number;
  readonly maxUnackedClients: number;
  readonly maxRejectedLeaseUpdates: number;
  readonly delayedUpdatesLimit: number;
  readonly sendLeaseUpdates: boolean;
  readonly syncLeases: boolean;
  readonly syncTimeoutMs: number;
  readonly syncPageLimit: number;
  readonly waitBackupAck: boolean;
  readonly requireClientCerts: boolean;
  readonly restrictCommands: boolean;
  readonly multiThreading: {
    readonly enabled: boolean;
    readonly httpDedicatedListener: boolean;
    readonly httpListenerThreads: number;
    readonly httpClientThreads: number;
  };
  /** Pause rules of the states that have one other than never. */
  readonly pauses: Readonly<Record<string, PauseRule>>;
  /** In the order of the file; this server's own entry included. */
  readonly peers: readonly HaPeerConfig[];
}

export interface HaPeerConfig {
  readonly name: string;
  readonly role: HaRole;
  readonly url: { readonly host: string; readonly port: number; readonly ipv6: boolean };
  readonly autoFailover: boolean;
  /** Null = plain HTTP. Decided by the presence of the files, not by the URL's scheme, as Kea does. */
  readonly tls: { readonly trustAnchor: string; readonly certFile: string; readonly keyFile: string } | null;
  /** Null = no credentials are asked for or sent. */
  readonly basicAuth: { readonly user: HaSecret; readonly password: HaSecret } | null;
}

/** A text of the configuration, or the first line of a file, which is read where it is used: it may be replaced. */
export type HaSecret = { readonly text: string } | { readonly file: string };
