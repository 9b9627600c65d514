/** What a server of either family counts, Tandem or Kea. */
import type { HaServer } from './ha-states.ts';

/** The present value of a statistic; 0 where the server has none of that name. */
export async function statisticOf(server: Pick<HaServer, 'command'>, name: string): Promise<number> {
  const { arguments: found } = await server.command('statistic-get', { name });
  return Number(
    (found as Readonly<Record<string, readonly (readonly [number, string])[]>>)[name]?.[0]?.[0] ?? 0,
  );
}
