/** Certificates in PEM form: what a file holds, and what an operator wants to know of each. */
import { X509Certificate } from 'node:crypto';
import type { Unreadable } from './whole-file.ts';

export interface Certificate {
  readonly x509: X509Certificate;
  /** SHA-256 of the certificate; the same in every file. */
  readonly fingerprint: string;
  /** Its common name, or the whole subject, on one line. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The certificates of a bundle; those of all authorities of the world are some 150. */
const CERTIFICATES_MAX = 4_096;
/** The labels that OpenSSL takes. */
const LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'] as const;
const SUBJECT_MAX = 100;

/**
 * Decodes every certificate of a file, in order; other PEM blocks and text between them are passed over.
 * @returns an empty list when there is none, a reason when one of them is broken or ends in the middle. Never throws
 */
export function parseCertificates(pem: Buffer): readonly Certificate[] | Unreadable {
  const text = pem.toString('latin1');
  const certificates: Certificate[] = [];
  let at = 0;
  // Searched by hand, because a file of begin lines alone would cost a regular expression the square of its length.
  for (let start = text.indexOf('-----BEGIN ', at); start !== -1; start = text.indexOf('-----BEGIN ', at)) {
    const label = LABELS.find((each) => text.startsWith(`-----BEGIN ${each}-----`, start));
    at = start + 1;
    if (label === undefined) continue;
    const endLine = `-----END ${label}-----`;
    const end = text.indexOf(endLine, start);
    if (end === -1) return { reason: 'a certificate that ends in the middle' };
    if (certificates.length === CERTIFICATES_MAX)
      return { reason: `more than ${CERTIFICATES_MAX} certificates` };
    const certificate = decode(text.slice(start, end + endLine.length));
    if (certificate === null)
      return { reason: `a broken certificate (the ${certificates.length + 1}. of it)` };
    certificates.push(certificate);
    at = end + endLine.length;
  }
  return certificates;
}

function decode(block: string): Certificate | null {
  try {
    const x509 = new X509Certificate(block);
    const notBeforeMs = Date.parse(x509.validFrom);
    const notAfterMs = Date.parse(x509.validTo);
    if (Number.isNaN(notBeforeMs) || Number.isNaN(notAfterMs)) return null;
    return { x509, fingerprint: x509.fingerprint256, subject: shortSubject(x509), notBeforeMs, notAfterMs };
  } catch {
    return null;
  }
}

/** Subjects are the other side's text: one line, and not without end. */
function shortSubject({ subject }: X509Certificate): string {
  const lines = (subject ?? '').split('\n');
  const name = lines.find((line) => line.startsWith('CN='))?.slice('CN='.length) ?? lines.join(', ');
  return name.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '?').slice(0, SUBJECT_MAX);
}

/** A moment as operators write it, `2026-11-27 09:32:13 UTC`. */
export function formatMoment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
