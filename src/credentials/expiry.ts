/** Warns before a certificate runs out: each threshold once, for each certificate, however often it is looked at. */
import type { Certificate } from './certificate.ts';

export const DAY_MS = 86_400_000;
const THRESHOLDS_DAYS = [30, 7, 1] as const;
/** One that lives for less than the shortest threshold is warned of in the last third of its life. */
const SHORT_LIFE_SHARE = 1 / 3;

export type ExpiryNotice = 'expires-soon' | 'expired' | 'not-yet-valid';

export class ExpiryWarnings {
  /** By fingerprint, the time left at which the last warning was due; 0 = it was told that it has expired. */
  readonly #told = new Map<string, number>();

  /** What is to be said of a certificate now, or null. */
  notice(certificate: Certificate, nowMs: number): ExpiryNotice | null {
    const { fingerprint, notBeforeMs, notAfterMs } = certificate;
    const told = this.#told.get(fingerprint) ?? Number.POSITIVE_INFINITY;
    if (nowMs < notBeforeMs) {
      if (told !== Number.POSITIVE_INFINITY) return null;
      this.#told.set(fingerprint, Number.MAX_SAFE_INTEGER);
      return 'not-yet-valid';
    }
    const leftMs = notAfterMs - nowMs;
    const due =
      leftMs < 0
        ? 0
        : thresholdsOf(certificate)
            .filter((threshold) => leftMs <= threshold)
            .at(-1);
    if (due === undefined || due >= told) return null;
    this.#told.set(fingerprint, due);
    return due === 0 ? 'expired' : 'expires-soon';
  }

  /** Forgets all other certificates. */
  keep(fingerprints: ReadonlySet<string>): void {
    for (const fingerprint of this.#told.keys())
      if (!fingerprints.has(fingerprint)) this.#told.delete(fingerprint);
  }
}

/** Milliseconds of life left, the longest first. */
function thresholdsOf({ notBeforeMs, notAfterMs }: Certificate): readonly number[] {
  const lifeMs = notAfterMs - notBeforeMs;
  const thresholds = THRESHOLDS_DAYS.map((days) => days * DAY_MS).filter((threshold) => threshold < lifeMs);
  return thresholds.length > 0 ? thresholds : [lifeMs * SHORT_LIFE_SHARE];
}
