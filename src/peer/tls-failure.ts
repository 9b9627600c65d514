/** Why a request over TLS got no answer: which side's certificate it is about, and what to do. */
import { dateFaults, type TlsSet } from '../credentials/tls-set.ts';
import { explainAlert, explainVerification } from '../credentials/tls-words.ts';
import type { ExchangeEnd } from './exchange.ts';

/**
 * @param name the peer
 * @param tls what we show, null = no TLS
 * @param nowMs milliseconds since 1970
 */
export function explainFailure(
  { reason, code, reset }: Extract<ExchangeEnd, { kind: 'failed' }>,
  name: string,
  tls: TlsSet | null,
  nowMs: number,
): string {
  if (tls === null) return reason;
  const explained = explainVerification(code, name) || explainAlert(code, name);
  if (explained !== '') return reason + explained;
  if (!reset) return reason;
  // Who turns our certificate away need not say why: Kea and Node close the connection.
  const [own] = dateFaults(tls, nowMs).filter(({ key }) => key === 'cert-file');
  if (own !== undefined) return `${reason}; our own ${own.key} "${own.path}": ${own.reason}, renew it`;
  return `${reason}; it may not trust our certificate`;
}
