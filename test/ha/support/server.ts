/** One server of a pair: the HA service with everything around it in memory. */

import type { Clock } from '../../../src/base/clock.ts';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import type { Answer, CommandHandler } from '../../../src/control/answer.ts';
import type { Policy } from '../../../src/engine/policy.ts';
import type { HaService } from '../../../src/ha/service/model.ts';
import { createHaService } from '../../../src/ha/service/service.ts';
import { createServiceSwitch, type ServiceSwitch } from '../../../src/ha/switch/switch.ts';
import type { HaLeases } from '../../../src/ha/sync/leases.ts';
import type { LogId } from '../../../src/log/messages.ts';
import type { PeerClient } from '../../../src/peer/model.ts';
import { MemoryStore } from './memory-store.ts';
import { RecordingDispatcher } from './peers.ts';
import { NO_STREAMS } from './streams.ts';
import { settle, type VirtualTime } from './virtual-time.ts';

export interface Logged {
  readonly id: LogId;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The leases of a server, of either family. */
export interface TestLeases {
  haLeases(clock: Clock): HaLeases;
  /** What peers ask of them. */
  commands(): Iterable<readonly [string, CommandHandler]>;
}

export class Server<Leases extends TestLeases = MemoryStore> {
  readonly service: HaService;
  readonly serviceSwitch: ServiceSwitch;
  readonly dispatcher = new RecordingDispatcher();
  readonly store: Leases;
  readonly logged: Logged[] = [];
  readonly policies: Policy[] = [];
  readonly handlers: ReadonlyMap<string, CommandHandler>;
  /** Called with each policy; a test may keep the shards from taking it over. */
  takeOver: (policy: Policy) => Promise<void> = async () => {};

  /** How long the service waited for a Kea's last leases, each time. */
  readonly waitedMs: number[] = [];
  /** Called for each such wait; a test may do what happens meanwhile. */
  pass: (delayMs: number) => void = (delayMs) => void this.waitedMs.push(delayMs);
  /** What the lease filter of a synchronization is; null = all subnets. */
  synchronizedSubnets: ReadonlySet<number> | null = null;

  constructor(
    config: HaRelationshipConfig,
    time: VirtualTime,
    peers: readonly PeerClient[],
    store: Leases = new MemoryStore() as unknown as Leases,
    hub: { readonly index: number; readonly serviceSwitch: ServiceSwitch } | null = null,
  ) {
    const log = (id: LogId, fields: Readonly<Record<string, unknown>> = {}) => {
      this.logged.push({ id, fields });
    };
    this.store = store;
    const leases = store.haLeases(time);
    this.dispatcher.family = leases.family;
    this.serviceSwitch = hub?.serviceSwitch ?? createServiceSwitch({ timers: time, log });
    this.service = createHaService({
      config,
      index: hub?.index ?? 0,
      clock: time,
      timers: time,
      log,
      leases,
      peers,
      serviceSwitch: this.serviceSwitch,
      synchronizedSubnets: () => this.synchronizedSubnets,
      publish: (policy) => {
        this.policies.push(policy);
        return this.takeOver(policy);
      },
      version: '0.0.0-test',
      yieldTurn: () => Promise.resolve(),
      passTime: async (delayMs) => this.pass(delayMs),
      streams: NO_STREAMS,
      concerns: () => [],
    });
    this.dispatcher.partner = this.service.setup.partner === null ? null : (peers[0] ?? null);
    this.handlers = new Map([...this.service.commands, ...store.commands()]);
  }

  start(): this {
    this.service.start(this.dispatcher);
    return this;
  }

  get state(): string {
    return this.service.why().state;
  }

  get policy(): Policy {
    return this.policies.at(-1)!;
  }

  async command(name: string, args?: unknown): Promise<Answer> {
    const handler = this.handlers.get(name);
    if (handler === undefined) throw new Error(`no command ${name}`);
    const answer = await handler(args);
    await settle();
    return answer;
  }

  wasLogged(id: LogId): boolean {
    return this.logged.some((entry) => entry.id === id);
  }
}
