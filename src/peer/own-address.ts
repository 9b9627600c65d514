/** Whether an address is one of this host, and what is said when the url of this server is not. */
import { networkInterfaces } from 'node:os';
import type { HaPeerConfig } from '../config/ha-model.ts';

/** The addresses of all interfaces, in text. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
}

/** Whether a server of this host can listen there. */
export function isOwnAddress(host: string): boolean {
  // Every address of that network is loopback, although the interface has but one.
  return host === '0.0.0.0' || host === '::' || host.startsWith('127.') || ownAddresses().includes(host);
}

/** Where a server listens, as a URL. @param host instead of that of the entry */
export function formatUrl({ url, tls }: HaPeerConfig, host: string = url.host): string {
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${url.port}/`;
}

/** What `check` says of a file that may belong to another host; null when there is nothing to say. */
export function foreignUrlWarning(own: HaPeerConfig, listenAddress: string | null): string | null {
  if (isOwnAddress(listenAddress ?? own.url.host)) return null;
  const what =
    listenAddress === null
      ? `this-server-name is "${own.name}", whose url ${formatUrl(own)}`
      : `peer-listen-address ${listenAddress}`;
  return `${what} is no address of this host: the server would not start here`;
}
