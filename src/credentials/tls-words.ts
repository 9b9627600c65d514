/**
 * What the codes of a failed TLS handshake mean for an operator: whose certificate is at fault, and what to do. A refusal of
 * our own check has one of OpenSSL's verification codes; a refusal by the other side comes as an alert.
 */

/** What our check of the other side's certificate found; `who` is the other side. */
const VERIFICATIONS: Readonly<Record<string, (who: string) => string>> = {
  CERT_HAS_EXPIRED: (who) =>
    `the certificate of ${who}, or the authority that issued it, has expired: renew it there, or the authority in our trust-anchor`,
  CERT_NOT_YET_VALID: (who) => `the certificate of ${who} is not valid yet: compare the clocks`,
  CERT_REVOKED: (who) => `the certificate of ${who} was revoked: renew it there`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

function untrusted(who: string): string {
  return `no authority in our trust-anchor issued the certificate of ${who}: add its authority here, or give ${who} a certificate of ours`;
}

/** What the other side's alert says of our certificate. */
const ALERTS: readonly (readonly [RegExp, (who: string) => string])[] = [
  [
    /ALERT_CERTIFICATE_EXPIRED$/,
    (who) =>
      `${who} takes our certificate for expired: renew our cert-file and key-file, or compare the clocks`,
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_REVOKED)$/,
    (who) => `${who} does not trust our certificate: look at its trust-anchor and at our cert-file`,
  ],
];

/** @returns `: ` and a sentence, or nothing for an unknown code */
export function explainVerification(code: string, who: string): string {
  const explain = VERIFICATIONS[code];
  return explain === undefined ? '' : `: ${explain(who)}`;
}

/** @returns `: ` and a sentence, or nothing when the code is no alert about a certificate */
export function explainAlert(code: string, who: string): string {
  const found = ALERTS.find(([pattern]) => pattern.test(code));
  return found === undefined ? '' : `: ${found[1](who)}`;
}
