/** Where servers are found. Pre: a host is 1 or 2. */

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
