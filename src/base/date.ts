/** Dates as strftime writes them, with log4cplus' `%q` and `%Q` for the parts of a second. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const ZONE_NAMES = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** Writes a date; letters that are not known stay as they are. */
export function formatDate(format: string, time: Date, isUtc: boolean): string {
  const local = isUtc ? time : new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  const parts: Readonly<Record<string, string>> = {
    Y: String(local.getUTCFullYear()),
    y: two(local.getUTCFullYear() % 100),
    m: two(local.getUTCMonth() + 1),
    b: MONTHS[local.getUTCMonth()]!,
    d: two(local.getUTCDate()),
    e: String(local.getUTCDate()).padStart(2),
    H: two(local.getUTCHours()),
    M: two(local.getUTCMinutes()),
    S: two(local.getUTCSeconds()),
    q: String(local.getUTCMilliseconds()).padStart(3, '0'),
    Q: `${String(local.getUTCMilliseconds()).padStart(3, '0')}.000`,
    s: String(Math.floor(time.getTime() / 1000)),
    Z: isUtc ? 'UTC' : zoneNameOf(time),
    z: isUtc ? '+0000' : zoneOf(time),
    '%': '%',
  };
  const composed = format.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S');
  return composed.replaceAll(/%([a-zA-Z%])/g, (whole, letter: string) => parts[letter] ?? whole);
}

/** As CET, or as GMT+2 where the zone has no short name. */
function zoneNameOf(time: Date): string {
  const parts = ZONE_NAMES.formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

/** As +hhmm. */
function zoneOf(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
