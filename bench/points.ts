/** The loads under which servers are compared: so many exchanges in flight (closed loop), or so many a second. */

export type Point =
  | { readonly kind: 'closed'; readonly inFlight: number }
  | { readonly kind: 'steady'; readonly ratePerSec: number };

/** What an ordinary site has, before the flood. */
export const ALL_POINTS = parsePoints('1,100/s,500/s,8,2000/s,32,10000/s,256,1024');

/** As "8 in flight" or "500/s". */
export function describePoint(point: Point): string {
  return point.kind === 'closed'
    ? `${point.inFlight.toLocaleString('en-US')} in flight`
    : `${point.ratePerSec.toLocaleString('en-US')}/s`;
}

/**
 * Reads a list like `1,8,500/s`.
 * @throws Error that names what is neither a number of exchanges in flight nor a rate
 */
export function parsePoints(list: string): readonly Point[] {
  return list.split(',').map((text): Point => {
    const [, digits, isRate] = /^(\d{1,6})(\/s)?$/.exec(text.trim()) ?? [];
    const value = Number(digits ?? 0);
    if (value === 0) throw new Error(`no load "${text}": write 8 (in flight) or 500/s`);
    return isRate ? { kind: 'steady', ratePerSec: value } : { kind: 'closed', inFlight: value };
  });
}
