/** Clients of one's choice behind a relay that forwards to both servers of a pair: see fleet-player.ts. */
import { fileURLToPath } from 'node:url';
import { ADDRESS } from './configuration.ts';
import type { Network } from './network.ts';

export interface FleetClient {
  readonly mac: string;
  /** Code and octets in hexadecimal digits, in every query. */
  readonly options: readonly (readonly [number, string])[];
  /** The address that the client extends; absent = it has none. */
  readonly held?: string;
}

export interface FleetPlan {
  readonly targets: readonly string[];
  readonly relay: string;
  readonly clients: readonly FleetClient[];
  readonly milliseconds: number;
  readonly firstXid: number;
  /** Codes of the options of an ACK that are of interest. */
  readonly shown: readonly number[];
}

/** What a client was told by an ACK. */
export interface Granted {
  readonly address: string;
  readonly server: string;
  readonly options: Readonly<Record<string, string>>;
}

const PLAYER = fileURLToPath(new URL('./fleet-player.js', import.meta.url));
const ASKING_MS = 20_000;
const XIDS = 1_000_000;
let rounds = 1;

/** @returns what each client was told. @throws Error naming the clients that were told nothing */
export async function askWithFleet(
  network: Network,
  clients: readonly FleetClient[],
  { relay = ADDRESS.load as string, shown = [] as readonly number[] } = {},
): Promise<Granted[]> {
  const plan: FleetPlan = {
    targets: [ADDRESS.server1, ADDRESS.server2],
    relay,
    clients,
    milliseconds: ASKING_MS,
    firstXid: XIDS * rounds++,
    shown,
  };
  const player = network.start('load', process.execPath, [PLAYER, JSON.stringify(plan)]);
  const [, json = '[]'] = await player.waitForOutput(/^fleet: (.*)$/m, 2 * ASKING_MS);
  await player.ended;
  const granted = JSON.parse(json) as (Granted | null)[];
  const without = clients.filter((_, index) => granted[index] === null).map(({ mac }) => mac);
  if (without.length > 0) throw new Error(`without an answer: ${without.join(' ')}`);
  return granted as Granted[];
}

/** The same clients, each with the address that it was given. */
export function holding(clients: readonly FleetClient[], granted: readonly Granted[]): FleetClient[] {
  return clients.map((client, index) => ({ ...client, held: granted[index]!.address }));
}
