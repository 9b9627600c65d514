/** Where servers are found, by their number, 1... */

/** Also where servers find each other, whatever family they serve. */
export function serverAddress4(host: number): string {
  return `10.0.0.${host}`;
}

export function serverAddress6(host: number): string {
  return `2001:db8:ffff::${host}`;
}

export function serverLinkLocal(host: number): string {
  return `fe80::${host}`;
}
