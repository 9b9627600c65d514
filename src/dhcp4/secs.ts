/**
 * For how many seconds a client has been asking, by the `secs` field of its query [RFC2131 2]. Some clients write it in the
 * wrong byte order: a low octet of 0 in a large value gives them away, as Kea takes it.
 */
export function secondsWaited(secs: number): number {
  return secs > 255 && (secs & 255) === 0 ? secs >> 8 : secs;
}
