/** Times as Kea writes them: `YYYY-MM-DD HH:MM:SS.ffffff`; microseconds beyond the clock's milliseconds are zero. */

/** In local time, as statistics have it. */
export function formatTimestamp(wallMs: number): string {
  return formatUtcTimestamp(wallMs - new Date(wallMs).getTimezoneOffset() * 60_000);
}

export function formatUtcTimestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 23).replace('T', ' ')}000`;
}
