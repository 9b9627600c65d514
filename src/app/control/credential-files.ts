/**
 * Keeps certificates, keys, authorities and passwords of the peers as they stand on the disk: looks at their files every few
 * seconds and at each reload, hands what is right to whoever shows or demands it, and says what is wrong or runs out.
 */
import type { Clock } from '../../base/clock.ts';
import type { HaPeerConfig } from '../../config/ha-model.ts';
import type { CredentialFigures } from '../../control/monitoring/figures.ts';
import { type Certificate, formatMoment } from '../../credentials/certificate.ts';
import { DAY_MS, type ExpiryNotice, ExpiryWarnings } from '../../credentials/expiry.ts';
import { formatFault } from '../../credentials/fault.ts';
import { FollowedFiles, type Look } from '../../credentials/followed.ts';
import { type Login, type LoginConfig, readLogin } from '../../credentials/login.ts';
import { dateFaults, readTlsSet, type TlsPaths, type TlsSet } from '../../credentials/tls-set.ts';
import type { Timers } from '../../ha/service/timers.ts';
import type { Log } from '../../log/logger.ts';
import type { PeerCredentials } from '../../peer/credentials.ts';

/** A change is taken when two looks in a row saw the same, so within twice this time. */
export const LOOK_INTERVAL_MS = 5_000;

/** What of an entry of the configuration names files: of a peer, or of a control socket. */
export interface CredentialEntry extends Pick<HaPeerConfig, 'name' | 'tls'> {
  readonly basicAuth: LoginConfig | null;
}

/** Somebody who works with the credentials of one peer entry: the peer port, or the client of a peer. */
export interface CredentialUser {
  /** This server's name in the relationship. */
  readonly server: string;
  readonly peer: CredentialEntry;
  renew(credentials: PeerCredentials): void;
}

export interface CredentialFilesParts {
  /** Those who are there now; a reload may change them. */
  readonly users: () => readonly CredentialUser[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const NOTICES = {
  'expires-soon': 'TDM_PEER_CERTIFICATE_EXPIRES_SOON',
  expired: 'TDM_PEER_CERTIFICATE_EXPIRED',
  'not-yet-valid': 'TDM_PEER_CERTIFICATE_NOT_YET_VALID',
} as const satisfies Record<ExpiryNotice, string>;

export class CredentialFiles {
  readonly #parts: CredentialFilesParts;
  readonly #sets = new Map<string, FollowedFiles<TlsSet>>();
  readonly #logins = new Map<string, FollowedFiles<Login>>();
  readonly #warnings = new ExpiryWarnings();
  #cancel: () => void = () => {};
  #isStopped = false;
  #renewals = 0;
  #refusals = 0;

  constructor(parts: CredentialFilesParts) {
    this.#parts = parts;
  }

  /** Reads everything, and looks again from time to time. */
  start(): void {
    this.#follow();
    // What is there at the start is no renewal.
    for (const files of this.#all()) files.readNow(this.#nowMs());
    this.#finish();
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Reads everything again, now. */
  reload(): void {
    this.#follow();
    for (const files of this.#all()) this.#tell(files.paths, files.readNow(this.#nowMs()));
    this.#finish();
  }

  /** Whether a certificate that is in use is expired, or not valid yet. */
  isOutdated(): boolean {
    return [...this.#sets.values()].some(({ used }) => used !== null && this.#outdated(used).length > 0);
  }

  /** What is wrong in one relationship, a sentence each. */
  concerns(server: string): readonly string[] {
    const peers = this.#parts.users().filter((user) => user.server === server);
    const sentences = peers.flatMap(({ peer }) => {
      const set = this.#setOf(peer);
      const outdated = set?.used ? this.#outdated(set.used) : [];
      const faults = [...(set?.faults ?? []), ...(this.#loginOf(peer)?.faults ?? [])];
      return [
        ...outdated.map((fault) => `in use although it is outdated: ${formatFault(fault)}`),
        ...faults.map((fault) => `a renewed file is not in use, the one before it is: ${formatFault(fault)}`),
      ];
    });
    return [...new Set(sentences)];
  }

  figures(): CredentialFigures {
    const entries = new Map(
      this.#parts.users().map(({ server, peer }) => {
        const set = this.#setOf(peer);
        const isRefused = [set, this.#loginOf(peer)].some((files) => (files?.faults.length ?? 0) > 0);
        const daysLeft = set?.used ? this.#daysLeft(set.used) : null;
        return [`${server} ${peer.name}`, { server, peer: peer.name, isRefused, daysLeft }];
      }),
    );
    return { entries: [...entries.values()], renewals: this.#renewals, refusals: this.#refusals };
  }

  #arm(): void {
    this.#cancel = this.#parts.timers.after(LOOK_INTERVAL_MS, () => {
      // The next look waits for the end of this one: a file system that hangs is asked once.
      const again = (): void => {
        if (!this.#isStopped) this.#arm();
      };
      this.#look().then(again, (error: Error) => {
        this.#parts.log('TDM_PEER_CREDENTIALS_REFUSED', { problem: error.message });
        again();
      });
    });
  }

  async #look(): Promise<void> {
    this.#follow();
    for (const files of this.#all()) {
      const look = await files.look(() => this.#nowMs());
      if (this.#isStopped) return;
      this.#tell(files.paths, look);
    }
    this.#finish();
  }

  /** Begins to follow the files that somebody uses, and forgets all others. */
  #follow(): void {
    const peers = this.#parts.users().map(({ peer }) => peer);
    retain(
      this.#sets,
      peers.flatMap(({ tls }) => tls ?? []),
      followSet,
    );
    retain(
      this.#logins,
      peers.flatMap(({ basicAuth }) => basicAuth ?? []),
      followLogin,
    );
  }

  #tell(paths: readonly string[], look: Look<TlsSet | Login>): void {
    const { log } = this.#parts;
    if (look.kind === 'taken') {
      this.#renewals++;
      const [own] = 'chain' in look.value ? look.value.chain : [];
      const until = own === undefined ? {} : { until: formatMoment(own.notAfterMs) };
      log('TDM_PEER_CREDENTIALS_RENEWED', { files: paths, ...until });
    } else if (look.kind === 'refused') {
      this.#refusals++;
      for (const fault of look.faults) log('TDM_PEER_CREDENTIALS_REFUSED', { problem: formatFault(fault) });
    }
  }

  /** Hands out what is in use, which changes nothing where it is the same, and warns of what runs out. */
  #finish(): void {
    for (const { peer, renew } of this.#parts.users()) {
      const tls = this.#setOf(peer)?.used ?? null;
      const login = this.#loginOf(peer)?.used ?? null;
      // Nothing could be read of an entry that is new: its user has read it by itself.
      if ((peer.tls === null) !== (tls === null) || (peer.basicAuth === null) !== (login === null)) continue;
      renew({ tls, login });
    }
    this.#warn();
  }

  #warn(): void {
    const fingerprints = new Set<string>();
    const judge = (certificate: Certificate, key: string, path: string): void => {
      fingerprints.add(certificate.fingerprint);
      const notice = this.#warnings.notice(certificate, this.#nowMs());
      if (notice === null) return;
      const { subject, notBeforeMs, notAfterMs } = certificate;
      const dates = { from: formatMoment(notBeforeMs), until: formatMoment(notAfterMs) };
      this.#parts.log(NOTICES[notice], { file: path, key, subject, ...dates });
    };
    for (const { used } of this.#sets.values()) {
      if (used === null) continue;
      for (const each of used.chain) judge(each, 'cert-file', used.paths.certFile);
      // One that has expired beside others is what a change of authorities leaves behind.
      const living = used.authorities.filter(({ notAfterMs }) => notAfterMs >= this.#nowMs());
      for (const each of living.length > 0 ? living : used.authorities)
        judge(each, 'trust-anchor', used.paths.trustAnchor);
    }
    this.#warnings.keep(fingerprints);
  }

  /** A chain ends with its first end; authorities do when the last of them has. */
  #daysLeft({ chain, authorities }: TlsSet): { readonly certificate: number; readonly authority: number } {
    const days = (endMs: number): number => (endMs - this.#nowMs()) / DAY_MS;
    return {
      certificate: days(Math.min(...chain.map(({ notAfterMs }) => notAfterMs))),
      authority: days(Math.max(...authorities.map(({ notAfterMs }) => notAfterMs))),
    };
  }

  #outdated(set: TlsSet) {
    return dateFaults(set, this.#nowMs());
  }

  #setOf({ tls }: CredentialEntry): FollowedFiles<TlsSet> | undefined {
    return this.#sets.get(JSON.stringify(tls));
  }

  #loginOf({ basicAuth }: CredentialEntry): FollowedFiles<Login> | undefined {
    return this.#logins.get(JSON.stringify(basicAuth));
  }

  #all(): readonly (FollowedFiles<TlsSet> | FollowedFiles<Login>)[] {
    return [...this.#sets.values(), ...this.#logins.values()];
  }

  #nowMs(): number {
    return this.#parts.clock.wallMs();
  }
}

/** Leaves in `followed` what `configs` name, with their JSON as the key. */
function retain<C, T>(followed: Map<string, T>, configs: readonly C[], follow: (config: C) => T): void {
  const wanted = new Map(configs.map((config) => [JSON.stringify(config), config]));
  for (const key of followed.keys()) if (!wanted.has(key)) followed.delete(key);
  for (const [key, config] of wanted) if (!followed.has(key)) followed.set(key, follow(config));
}

function followSet(paths: TlsPaths): FollowedFiles<TlsSet> {
  return new FollowedFiles({
    paths: [paths.trustAnchor, paths.certFile, paths.keyFile],
    read: () => readTlsSet(paths),
    judge: dateFaults,
  });
}

function followLogin(config: LoginConfig): FollowedFiles<Login> {
  return new FollowedFiles({
    paths: [config.user, config.password].flatMap((part) =>
      part !== null && 'file' in part ? part.file : [],
    ),
    read: () => readLogin(config),
    judge: () => [],
  });
}
