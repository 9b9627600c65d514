/** The policy that the shards work by, derived from the machine and the service switch. */
import { type Policy, UpdateMode } from '../../engine/policy.ts';
import type { MachineState } from './model.ts';
import { activeServers, scopeBits } from './scopes.ts';

export function policyOf(state: MachineState, serviceEnabled: boolean): Policy {
  return {
    serviceEnabled,
    activeServers: activeServers(state.setup),
    scopes: scopeBits(state.setup, state.scopes),
    updateMode: updateModeOf(state),
    reusesLeases: !awaitsBackups(state) && !isAlone(state),
    observeOutOfScope: state.observing,
    clientIdBytesMax: state.partnerClientIdMax,
  };
}

export function isSamePolicy(a: Policy, b: Policy): boolean {
  return (
    a.serviceEnabled === b.serviceEnabled &&
    a.activeServers === b.activeServers &&
    a.scopes === b.scopes &&
    a.updateMode === b.updateMode &&
    a.reusesLeases === b.reusesLeases &&
    a.observeOutOfScope === b.observeOutOfScope &&
    a.clientIdBytesMax === b.clientIdBytesMax
  );
}

/** No answer leaves before every backup has the lease. A row that is older than this process may be one that none of them has. */
function awaitsBackups(state: MachineState): boolean {
  return state.setup.partner === null && updateModeOf(state) === UpdateMode.await;
}

/**
 * Nobody waits for the partner, which may be alone as well. What a client is told of by one of two such servers must be later than what it
 * has told the other one, or the synchronization takes a RELEASE there for the last word.
 */
function isAlone(state: MachineState): boolean {
  return state.setup.partner !== null && updateModeOf(state) === UpdateMode.record;
}

function updateModeOf(state: MachineState): UpdateMode {
  const { config, own, partner, backups } = state.setup;
  const hasReceiver = own.role !== 'backup' && (partner !== null || backups.length > 0);
  if (!config.sendLeaseUpdates || !hasReceiver) return UpdateMode.off;
  if (partner !== null) return state.partnerUpdates === 'send' ? UpdateMode.await : UpdateMode.record;
  return config.waitBackupAck ? UpdateMode.await : UpdateMode.record;
}
