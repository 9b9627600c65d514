/** What a server says that it has dropped: the first thing to know of an answer that did not come. */
import type { DhcpServer } from './server.ts';

/** Counters of drops and losses that are not 0, for people. */
export async function lossesOf(server: DhcpServer): Promise<string> {
  const { arguments: all } = await server.command('statistic-get-all');
  const counts = Object.entries((all ?? {}) as Record<string, readonly [readonly [number]]>)
    .map(([name, samples]) => [name, samples[0]?.[0] ?? 0] as const)
    .filter(([name, value]) => /drop|lost|full/.test(name) && value > 0);
  return `${server.name} dropped ${counts.map(([name, value]) => `${value} (${name})`).join(', ') || 'nothing'}`;
}
