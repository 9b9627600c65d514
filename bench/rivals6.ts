/** The DHCPv6 servers that the end-to-end benchmarks load, on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIdentity,
  createLocalServer6,
  type LocalServer,
  type ServerKind,
} from '../src/demo/local-server.ts';
import type { DemoMode } from '../src/demo/model.ts';
import { ON_LOOPBACK, Pair } from '../src/demo/pair.ts';
import { LINK_ADDRESS_6, SERVICE_ADDRESS_6, singleConfig6 } from '../src/demo/pair-config6.ts';
import { findFreeUdpPort } from '../src/demo/ports.ts';
import type { Endpoint6, Wants } from '../src/load/model.ts';
import type { Contender } from './contenders.ts';
import {
  answeringAnew,
  certify,
  createRival,
  LEASE_TIME_SEC,
  NORMAL_STATE_TIMEOUT_MS,
  type Rival,
  TIMING,
} from './rivals.ts';

/** Every lease of a run of a quarter of an hour. */
const LEDGER_CAPACITY = 1 << 23;

/** A DHCPv6 server without a partner that has not been started. */
export async function createSingle6(
  kind: ServerKind,
  wants: Wants,
  name = kind.name,
): Promise<Rival<Endpoint6>> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const removeFiles = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const identity = await createIdentity('single', SERVICE_ADDRESS_6, directory);
    const configuration = singleConfig6({
      ...identity,
      index: 0,
      leaseTimeSec: LEASE_TIME_SEC,
      poolClasses: [null, null],
    });
    const relay = { address: SERVICE_ADDRESS_6, port: await findFreeUdpPort(identity.place.address) };
    const server = await createLocalServer6(
      answeringAnew(kind),
      identity,
      configuration,
      directory,
      relay.port,
    );
    const close = async (): Promise<void> => {
      await server.process.kill();
      await server.commands.close();
      await removeFiles();
    };
    return rivalOf(name, [server], { relay, wants, start: () => server.process.start(), close });
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

export interface PairChoice6 {
  readonly mode: DemoMode;
  readonly wants: Wants;
  /** TLS between the servers. */
  readonly tls: boolean;
  /** When it is not the contender's. */
  readonly name?: string;
}

/** A pair of DHCPv6, of one program or of two; once started it is in its normal state. */
export async function createPair6(contender: Contender, choice: PairChoice6): Promise<Rival<Endpoint6>> {
  const { mode, wants, tls, name = contender.name } = choice;
  const [primary, standby] = contender.kinds;
  const pair = await Pair.create6({
    kinds: [answeringAnew(primary), answeringAnew(standby)],
    mode,
    leaseTimeSec: LEASE_TIME_SEC,
    timing: TIMING,
    ...(tls && { certify }),
  });
  const start = async (): Promise<void> => {
    await pair.start();
    await pair.waitForNormal(NORMAL_STATE_TIMEOUT_MS, new AbortController().signal);
  };
  return rivalOf(name, pair.servers, { relay: pair.relay, wants, start, close: () => pair.destroy() });
}

function rivalOf(
  name: string,
  servers: readonly LocalServer<Endpoint6>[],
  { relay, wants, start, close }: Pick<Rival<Endpoint6>, 'relay' | 'start' | 'close'> & { wants: Wants },
): Rival<Endpoint6> {
  const load = { family: 6, wants, linkAddress: LINK_ADDRESS_6, ledgerCapacity: LEDGER_CAPACITY } as const;
  return createRival(name, servers, {
    relay,
    link: null,
    load,
    enterRelay: ON_LOOPBACK.relay.enter,
    start,
    close,
  });
}
