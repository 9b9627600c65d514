/** The pure HA machine and a real dispatcher joined as the HA service joins them, with a partner over real HTTP. */

import type { Test } from 'tap';
import { systemClock } from '../../../src/base/clock.ts';
import type { HaEffect, HaHappening } from '../../../src/ha/machine/model.ts';
import { clientKey } from '../../../src/ha/machine/unacked-clients.ts';
import type { BackupPeer } from '../../../src/peer/backup-peer.ts';
import { createUpdateDispatcher } from '../../../src/peer/dispatcher.ts';
import type { ClientKey, PeerClient, UpdateDispatcher } from '../../../src/peer/model.ts';
import type { Machine } from '../../ha/support/machine.ts';
import type { DispatchKit } from './dispatch.ts';
import { recordLog } from './log.ts';
import type { TestChange } from './record-kit.ts';
import { TestShards } from './shards.ts';

export class CoupledServer<Change extends TestChange, Lease> {
  readonly machine: Machine;
  readonly shards: TestShards<Change, Lease>;
  readonly dispatcher: UpdateDispatcher;
  readonly #partner: PeerClient;
  /** Resolves when what the machine has started outside has come back. */
  #operation: Promise<unknown> = Promise.resolve();

  /** @param kit of the family of the leases; @param machine in the state in which the test begins */
  constructor(
    t: Test,
    kit: DispatchKit<Change, Lease>,
    machine: Machine,
    partner: PeerClient,
    backups: readonly BackupPeer[],
  ) {
    const { config } = machine.state.setup;
    this.machine = machine;
    this.#partner = partner;
    this.shards = new TestShards(1, backups.length > 0 ? 2 : 1, kit.records);
    this.dispatcher = createUpdateDispatcher({
      updates: this.shards.updates,
      verdicts: this.shards.verdicts,
      wake: this.shards.wake,
      partner,
      backups,
      stream: null,
      waitBackupAck: config.waitBackupAck,
      delayedUpdatesLimit: config.delayedUpdatesLimit,
      connections: 4,
      sendsUpdates: config.sendLeaseUpdates,
      heartbeatDelayMs: 0,
      listener: {
        partnerFailed: (reason) => this.submit({ kind: 'partner-failed', reason }),
        rejected: (clients) => this.submit({ kind: 'updates-rejected', clients: keysOf(clients) }),
        confirmed: (clients) => this.submit({ kind: 'updates-confirmed', clients: keysOf(clients) }),
        unsent: (transactions) => this.submit({ kind: 'updates-unsent', transactions }),
        refused: (leases, reason) => this.submit({ kind: 'updates-refused', leases, reason }),
        updatesLost: () => this.submit({ kind: 'updates-lost' }),
        completed: () => this.submit({ kind: 'updates-completed' }),
      },
      family: kit.family,
      standing: kit.standing(this.shards.leaseAt),
      clock: systemClock,
      log: recordLog().log,
    });
    this.dispatcher.setPartnerUpdates(machine.state.partnerUpdates);
    t.teardown(() => this.dispatcher.close());
  }

  submit(happening: HaHappening): void {
    this.run(() => void this.machine.submit(happening));
  }

  /** Lets the test drive the machine; its effects are performed afterwards. */
  run(drive: (machine: Machine) => void): void {
    this.machine.backlog = this.dispatcher.backlog();
    drive(this.machine);
    for (const effect of this.machine.effects) this.#perform(effect);
  }

  /** Everything that was started outside has ended, and whatever followed from it. */
  async settled(): Promise<void> {
    for (let seen: unknown = null; seen !== this.#operation; ) {
      seen = this.#operation;
      await seen;
    }
  }

  #perform(effect: HaEffect): void {
    switch (effect.kind) {
      case 'set-partner-updates':
        this.dispatcher.setPartnerUpdates(effect.mode);
        break;
      case 'track-confirmed':
        this.dispatcher.trackConfirmed(effect.on);
        break;
      case 'clear-backlog':
        this.dispatcher.clearBacklog(effect.owe);
        break;
      case 'send-backlog':
        this.#follow(effect.id, this.dispatcher.sendBacklog());
        break;
      case 'send-reset': {
        const answer = this.#partner.request('ha-reset', { 'server-name': 'server1' }, 5_000);
        this.#follow(
          effect.id,
          answer.then((given) => given.kind === 'answer' && given.result === 0),
        );
        break;
      }
      default:
        break;
    }
  }

  #follow(id: number, outcome: Promise<boolean>): void {
    this.#operation = outcome.then((ok) => this.submit({ kind: 'operation-finished', id, ok }));
  }
}

function keysOf(clients: readonly ClientKey[]): string[] {
  return clients.map(({ hwAddress, clientId }) => clientKey(hwAddress, clientId));
}
