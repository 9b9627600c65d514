/**
 * A world: servers, each a whole process on a machine of its own, their clients behind a relay, and the networks between them, in
 * one thread and in virtual time. The same seed makes the same story, to the last packet.
 */
import { setImmediate as settled } from 'node:timers/promises';
import { judgeGrants } from './acknowledgement.ts';
import { Agenda } from './agenda.ts';
import { BackupKnowledge } from './backup-knowledge.ts';
import { ClockWatch } from './clock-watch.ts';
import type { ClientsParts, Family, OwnedLease, SimulatedClient } from './family.ts';
import { FiledLeases } from './filed-leases.ts';
import type { Acquaintance } from './heartbeats.ts';
import type { ServerImage } from './images.ts';
import { KeaRecord } from './kea/record.ts';
import { PairKnowledge } from './knowledge.ts';
import { type Holding, type Knowledge, LeasesHeld } from './leases-held.ts';
import { Killed, Machine, type World } from './machine.ts';
import { type Listener, PeerNetwork } from './peer-network.ts';
import { Random } from './random.ts';
import type { Relationship } from './relationship.ts';
import { ServerClocks } from './server-clocks.ts';
import type { Place } from './socket-address.ts';
import { Timeline } from './timeline.ts';

const US_PER_SEC = 1e6;
const PEER_PORT = 8000;
/** Of system calls during which others make system calls. */
const DEPTH_MAX = 6;
const RESTART_US = 5e6;

export interface WorldPlan {
  readonly family: Family;
  readonly seed: number;
  readonly isDetailed: boolean;
  readonly relationship: Relationship;
  /** Of its members. */
  readonly configurations: readonly object[];
  readonly clients: number;
  readonly acquaintance: Acquaintance;
}

/** Of DHCP messages, between the relay or a client and a server. */
export interface PacketFaults {
  loss: number;
  duplication: number;
  delayMsMax: number;
}

export class SimulatedWorld implements World, Knowledge {
  readonly agenda = new Agenda();
  readonly random: Random;
  readonly timeline: Timeline;
  readonly held: LeasesHeld;
  readonly clocks: ServerClocks;
  readonly clockWatch = new ClockWatch(this);
  readonly machines: readonly Machine[];
  readonly clients: readonly SimulatedClient[];
  readonly family: Family;
  readonly relationship: Relationship;
  readonly peers: PeerNetwork;
  readonly packetFaults: PacketFaults = { loss: 0, duplication: 0, delayMsMax: 3 };
  readonly #images: readonly ServerImage[];
  readonly #cuts = new Set<string>();
  readonly knowledge: PairKnowledge;
  readonly backups: BackupKnowledge;
  /** What each server has filed for good, and a Kea at all. */
  readonly filed: readonly (FiledLeases | KeaRecord)[];
  #isUnsettled = false;
  #failure: Error | null = null;
  /** Between the servers; null = as fast as a network in one house. */
  peerDelayUsMax: number | null = null;
  /** Threads that are in a system call, one within the other. */
  #depth = 0;
  packets = 0;
  steps = 0;

  constructor(
    images: readonly ServerImage[],
    { family, seed, isDetailed, relationship, configurations, clients, acquaintance }: WorldPlan,
  ) {
    this.family = family;
    this.relationship = relationship;
    this.random = new Random(seed);
    const nowUs = (): number => this.agenda.nowUs;
    this.timeline = new Timeline(nowUs, isDetailed);
    const names = configurations.map((_, i) => `server${i + 1}`);
    this.knowledge = new PairKnowledge(nowUs, names, relationship);
    this.#images = images;
    this.machines = configurations.map((configuration, i) => {
      const { memory } = images[i]!.slot;
      memory.forgetSince(images[i]!.loadedMark);
      const machine = new Machine(this, i + 1, memory);
      machine.disk.put(family.configFile, JSON.stringify(configuration));
      machine.disk.put('/var/lib/kea/.directory', '');
      return machine;
    });
    this.filed = this.machines.map(({ disk }, i) => images[i]!.record ?? new FiledLeases(disk, family));
    this.clocks = new ServerClocks(new Map(this.machines.map(({ name, clock }) => [name, clock])));
    this.held = new LeasesHeld(nowUs, this, this.clocks);
    this.backups = new BackupKnowledge({
      nowUs,
      relationship,
      names,
      filed: this.filed,
      isJoined: (from, to) => this.#areJoined(from, to),
      areNormal: () => this.areNormal(0),
    });
    this.peers = new PeerNetwork({
      machines: this.machines,
      acquaintance,
      delayUs: () => this.random.between(80, this.peerDelayUsMax ?? 400),
      isParted: (from, to) => this.#cuts.has(`${from.name}>${to.name}`),
      settle: () => this.settle(),
    });
    this.machines.forEach((machine, i) => {
      images[i]!.slot.machine = machine;
      images[i]!.slot.peers = this.peers;
    });
    const parts = this.#clientsParts();
    this.clients = Array.from({ length: clients }, (_, i) => family.newClient(parts, i + 1));
  }

  isAlone(server: string): boolean {
    return this.knowledge.isAlone(server);
  }

  couldNotKnow(server: string, lease: Holding): boolean {
    const isBackup = this.backups.isBackup(this.knowledge.placeOf(server));
    return (isBackup ? this.backups : this.knowledge).couldNotKnow(server, lease);
  }

  wasGivenApart(lease: Holding): boolean {
    return this.knowledge.wasGivenApart(lease);
  }

  #clientsParts(): ClientsParts {
    return {
      areCopied: !this.machines.some((_, index) => this.isKea(index)),
      agenda: this.agenda,
      random: this.random,
      held: this.held,
      timeline: this.timeline,
      broadcast: (from, bytes) => {
        for (const machine of this.machines) this.#toServer(machine, from, bytes);
      },
      unicast: (server, from, bytes) => {
        const machine = this.machines.find(({ host }) => this.family.serverAddress(host) === server);
        if (machine !== undefined) this.#toServer(machine, from, bytes);
      },
    };
  }

  settle(): void {
    this.#isUnsettled = true;
  }

  fail(machine: Machine, error: unknown): void {
    // What a process does that is being killed does not matter any more.
    if (error instanceof Killed || !machine.isRunning) return;
    this.timeline.note(machine.name, `fails: ${(error as Error).stack}`);
    this.#failure ??= error as Error;
  }

  /** Goes on for so long. @throws a fault of the program */
  async run(seconds: number): Promise<void> {
    const endUs = this.agenda.nowUs + seconds * US_PER_SEC;
    let isOver = false;
    this.agenda.after(seconds * US_PER_SEC, () => {
      isOver = true;
    });
    if (this.#isUnsettled) await this.#settleAll();
    while (!isOver) {
      const next = this.agenda.next();
      if (next === null || next.atUs > endUs) return;
      this.steps++;
      try {
        next.action();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      if (this.#isUnsettled) await this.#settleAll();
      if (this.#failure !== null) throw this.#failure;
    }
  }

  pass(us: number, goesOn: () => boolean): void {
    if (this.#depth === DEPTH_MAX) return;
    this.#depth++;
    const endUs = this.agenda.nowUs + us;
    while (goesOn() && !this.#isUnsettled) {
      const next = this.agenda.nextPure(endUs);
      if (next === null) break;
      this.steps++;
      next.action();
    }
    this.#depth--;
  }

  async #settleAll(): Promise<void> {
    this.#isUnsettled = false;
    await settled();
  }

  /** Whether a server is a modelled Kea. */
  isKea(index: number): boolean {
    return this.filed[index] instanceof KeaRecord;
  }

  /** Whether one of those that give leases lacks some that it is to have. */
  get isAnyBlank(): boolean {
    return this.relationship.active.some((index) => this.knowledge.isBlank(index));
  }

  /** Whether those that give leases have been in their normal state for so long, and can be asked. */
  areNormal(seconds: number): boolean {
    return this.relationship.active.every(
      (index) => this.listens(index) && this.knowledge.isNormal(index, seconds * US_PER_SEC),
    );
  }

  /** Whether a server can be asked. */
  listens(index: number): boolean {
    const { isRunning, listeners } = this.machines[index]!;
    return isRunning && listeners.has(PEER_PORT);
  }

  /** Whether two servers can speak to each other. */
  #areJoined(a: number, b: number): boolean {
    const [first, second] = [this.machines[a]!.name, this.machines[b]!.name];
    const isCut = this.#cuts.has(`${first}>${second}`) || this.#cuts.has(`${second}>${first}`);
    return !isCut && this.listens(a) && this.listens(b);
  }

  /** Starts the server of a machine; it serves a moment later. */
  boot(index: number): void {
    const machine = this.machines[index]!;
    machine.boot();
    this.timeline.note(machine.name, 'starts');
    const { life } = machine;
    const log = Object.assign(
      (id: string, fields: Readonly<Record<string, unknown>> = {}) => {
        if (machine.life === life) this.#hearLog(index, id, fields);
      },
      { prepare: () => {}, take: () => {} },
    );
    const onFatal = (error: unknown): void => {
      if (machine.life === life) this.fail(machine, error);
    };
    void this.#images[index]!.start(this.family.configFile, log, onFatal).catch((error: unknown) => {
      if (machine.life === life) this.#restart(index, error as Error);
    });
    this.settle();
  }

  /** A server that cannot start says why and ends, and is started again, as service managers do. */
  #restart(index: number, { message }: Error): void {
    const machine = this.machines[index]!;
    this.timeline.note(machine.name, `does not start: ${message}`);
    machine.kill();
    const { life } = machine;
    this.agenda.after(RESTART_US, () => {
      if (machine.life === life) this.boot(index);
    });
  }

  /** Its process ends at once. @param isPowerFailure and what was not synced may be lost */
  crash(index: number, isPowerFailure: boolean): void {
    const machine = this.machines[index]!;
    // One that was about to be started again is not.
    if (!machine.isRunning) return machine.kill();
    this.timeline.note(machine.name, isPowerFailure ? 'loses its power' : 'is killed');
    this.peers.ended(machine);
    machine.kill();
    if (isPowerFailure) machine.disk.powerFailure();
    this.knowledge.changed(index, 'off');
    this.backups.ended(index);
  }

  /** The machine gets a new disk. Pre: its process has ended. */
  loseDisk(index: number): void {
    const machine = this.machines[index]!;
    this.timeline.note(machine.name, 'gets a new disk');
    machine.disk.replace([this.family.configFile]);
    this.knowledge.losesDisk(index);
    this.backups.losesDisk(index);
  }

  /** Cuts what goes from one server to the other, or joins it again. */
  cut(from: number, to: number, isCut: boolean): void {
    const name = `${this.machines[from]!.name}>${this.machines[to]!.name}`;
    if (isCut) this.#cuts.add(name);
    else this.#cuts.delete(name);
    this.timeline.note('network', `${name} is ${isCut ? 'cut' : 'joined'}`);
  }

  /** Whether anything is cut between the servers. */
  get areParted(): boolean {
    return [...this.#cuts].some((way) => way.startsWith('server'));
  }

  /** Cuts the clients off a server, or joins them again. */
  cutClients(index: number, isCut: boolean): void {
    const name = `clients>${this.machines[index]!.name}`;
    if (isCut) this.#cuts.add(name);
    else this.#cuts.delete(name);
    this.timeline.note('network', `${name} is ${isCut ? 'cut' : 'joined'}`);
  }

  /** Whether a server does what it is asked for, and says so. */
  async tryCommand(index: number, command: string, args?: object): Promise<boolean> {
    if (!this.machines[index]!.listeners.has(PEER_PORT)) return false;
    try {
      const { result, text } = await this.command(index, command, args);
      this.timeline.note(this.machines[index]!.name, `${command}: ${result} ${text ?? ''}`);
      return result === 0;
    } catch {
      return false;
    }
  }

  /** What a server answers to a command. */
  async command(
    index: number,
    command: string,
    args?: object,
  ): Promise<{ result: number; text?: string; arguments?: unknown }> {
    const listener = this.machines[index]!.listeners.get(PEER_PORT) as Listener | undefined;
    if (listener === undefined) throw new Error(`server${index + 1} does not listen`);
    let found: string | null = null;
    void listener.answer(JSON.stringify({ command, ...(args && { arguments: args }) })).then((text) => {
      found = text;
    });
    this.settle();
    for (let waited = 0; found === null && waited < 600; waited++) await this.run(0.1);
    if (found === null) throw new Error(`server${index + 1} does not answer ${command}`);
    return JSON.parse(found)[0];
  }

  #hearLog(index: number, id: string, fields: Readonly<Record<string, unknown>>): void {
    const machine = this.machines[index]!;
    if (id === 'TDM_CONTROL_COMMAND') return;
    this.timeline.note(machine.name, `${id} ${JSON.stringify(fields)}`);
    if (id === 'TDM_HA_STATE_CHANGED') this.knowledge.changed(index, String(fields['to']));
    this.clockWatch.heard(machine.name, id, fields);
    const isOfPartner = !this.backups.isBackup(this.knowledge.placeOf(fields['source']));
    if (id === 'TDM_HA_SYNC_SUCCEEDED' && isOfPartner) this.knowledge.synchronized(index);
    if (id === 'KEA_ROW_REFUSED') this.knowledge.misses(index);
    if (id === 'KEA_LEASES_LOST') this.knowledge.forgets(index, fields['lost'] as readonly OwnedLease[]);
    this.backups.hears(index, id, fields);
  }

  #toServer(machine: Machine, from: Place, bytes: Uint8Array): void {
    const place = this.family.place(machine.host, from);
    this.#carry(`clients>${machine.name}`, () => machine.kernel.deliver(place, { from, bytes }));
  }

  sendDatagram(from: Machine, to: Place, bytes: Uint8Array): void {
    const reply = this.family.read(bytes, to);
    const hearers = reply.clients.map((number) => this.clients[number - 1]);
    const client = hearers.find((each) => each?.awaits(reply.transactionId)) ?? hearers[0];
    const sinceUs = client?.askedAtUs ?? this.agenda.nowUs;
    for (const { owner, address, validSec } of reply.grants)
      this.held.answered(owner, address, from.clock.leastMs(sinceUs) + validSec * 1000);
    // Who has released the address since may well be told once more that it is his.
    if (client?.awaits(reply.transactionId))
      judgeGrants(this, this.machines.indexOf(from), reply, client.askedAtUs);
    this.#carry(`clients>${from.name}`, () => {
      if (this.timeline.isDetailed) this.timeline.note(from.name, `sends ${reply.text} to ${client?.name}`);
      this.held.teller = from.name;
      client?.hear(bytes);
    });
  }

  /** By UDP: what is lost is lost. */
  #carry(way: string, arrive: () => void): void {
    this.packets++;
    const { loss, duplication, delayMsMax } = this.packetFaults;
    if (this.#cuts.has(way) || this.random.chance(loss)) return;
    const copies = this.random.chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      this.agenda.after(
        this.random.between(50, delayMsMax * 1000),
        () => {
          if (!this.#cuts.has(way)) arrive();
        },
        true,
      );
  }
}
