/**
 * The answer to ha-why as text, for whoever has been woken at night.
 *
 *     communication-recovery for 1 min 5 s: the partner is unavailable, its updates are kept for it
 *
 *     It sees:
 *       - the DHCP service is on and serves the scope server1
 *     It waits for:
 *       - partner-down: silent 41 of 60 s, then 11 of its clients waiting longer than 10 s
 */
export interface WhyText {
  readonly state: string;
  readonly sinceSec: number;
  readonly because: string;
  readonly facts: readonly string[];
  readonly waitsFor: readonly string[];
}

/** Several lines without an end of line behind the last; control characters are shown as `?`. */
export function formatWhy({ state, sinceSec, because, facts, waitsFor }: WhyText): string {
  const lines = [
    `${state} for ${duration(sinceSec)}: ${because}`,
    '',
    'It sees:',
    ...facts.map((fact) => `  - ${fact}`),
    'It waits for:',
    ...waitsFor.map((line) => `  - ${line}`),
  ];
  return lines.map(printable).join('\n');
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** The two largest units, such as `2 h 5 min`. */
function duration(sec: number): string {
  let left = Math.max(0, Math.floor(sec));
  const parts = UNITS.flatMap(([unitSec, name]) => {
    const count = Math.floor(left / unitSec);
    left -= count * unitSec;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}

/** Text from the other side must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '?');
}
