/** A gate on the way between two servers: shut, neither reaches the other, while clients reach both. */
import { fileURLToPath } from 'node:url';
import { ADDRESS, type HaParameters, PEER_PORT, type ServerName } from './configuration.ts';
import type { Network } from './network.ts';
import { BEGIN_MS } from './programs.ts';

const GATE = fileURLToPath(new URL('./gate.js', import.meta.url));
/** The gate's ports on the host of the fork. */
const PORTS = { server1: 8001, server2: 8002 } as const;

export interface Gate {
  /** Shuts it when it is open, opens it when it is shut. */
  turn(): Promise<void>;
}

/** Parameters by which a server reaches its partner through the gate. */
export function throughGate(name: ServerName, relationship: Readonly<Record<string, unknown>>): HaParameters {
  const partner = name === 'server1' ? 'server2' : 'server1';
  return { relationship, peers: { [partner]: { url: `http://${ADDRESS.fork}:${PORTS[partner]}/` } } };
}

/** Starts the gate, open. */
export async function startGate(network: Network): Promise<Gate> {
  const rules = (['server1', 'server2'] as const).flatMap((name) => [PORTS[name], ADDRESS[name], PEER_PORT]);
  const gate = network.start('fork', process.execPath, [GATE, ADDRESS.fork, ...rules.map(String)]);
  let changes = 0;
  const changed = () => gate.waitForOutput(new RegExp(`gate ${changes} `), BEGIN_MS);
  await changed();
  return {
    turn: async () => {
      process.kill(gate.pid, 'SIGUSR2');
      changes++;
      await changed();
    },
  };
}
