/** The parameters of the high-availability hook: one relationship, complete, with Kea's defaults by mode. */
import type { HaMode, HaPeerConfig, HaRelationshipConfig } from '../ha-model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap, list } from '../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../schema/map.ts';
import { accepted, required, withDefault } from '../schema/rule.ts';
import { flag, integer, name, oneOf, UINT32_MAX } from '../schema/scalars.ts';
import { tlsRules } from './credentials.ts';
import { readPauses, stateMachineSchema } from './pauses.ts';
import { readPeers } from './peer.ts';
import { checkRoles } from './roles.ts';

export const haThreadsSchema = defineMap(
  'high-availability[]/multi-threading',
  {
    'enable-multi-threading': withDefault(flag(), true),
    'http-dedicated-listener': withDefault(flag(), true),
    'http-listener-threads': withDefault(accepted(integer(0, UINT32_MAX)), 0),
    'http-client-threads': withDefault(integer(0, UINT32_MAX), 0),
  },
  'warning',
);

export const relationshipSchema = defineMap(
  'high-availability[]',
  {
    'this-server-name': name(),
    mode: required(oneOf('load-balancing', 'hot-standby', 'passive-backup')),
    'heartbeat-delay': withDefault(integer(0, UINT32_MAX), 10_000),
    'max-response-delay': withDefault(integer(0, UINT32_MAX), 60_000),
    'max-ack-delay': withDefault(integer(0, UINT32_MAX), 10_000),
    'max-unacked-clients': withDefault(integer(0, UINT32_MAX), 10),
    'max-rejected-lease-updates': withDefault(integer(0, UINT32_MAX), 10),
    'delayed-updates-limit': integer(0, UINT32_MAX),
    'send-lease-updates': withDefault(flag(), true),
    'sync-leases': withDefault(flag(), true),
    'sync-timeout': withDefault(integer(0, UINT32_MAX), 60_000),
    // Kea takes 0 and then fails every synchronization.
    'sync-page-limit': withDefault(integer(1, UINT32_MAX), 10_000),
    'wait-backup-ack': withDefault(flag(), false),
    'require-client-certs': withDefault(flag(), true),
    'restrict-commands': withDefault(flag(), true),
    'multi-threading': mapOf(haThreadsSchema),
    'state-machine': mapOf(stateMachineSchema),
    peers: required(list()),
    ...tlsRules,
  },
  'warning',
);

type RelationshipValues = Values<typeof relationshipSchema.rules>;

/** What the relationship depends on outside of its own map. */
export interface HaSurroundings {
  /** Takes the place of `this-server-name`, so that both servers can read one file. */
  readonly thisServerName: string | null;
  /** Whether the server itself runs several threads: without them Kea switches HA multi-threading off. */
  readonly isMultiThreaded: boolean;
}

/** @returns null when the map is too wrong to say more about it */
export function readRelationship(
  value: unknown,
  surroundings: HaSurroundings,
  at: Path,
  report: Report,
): HaRelationshipConfig | null {
  const values = readMap(relationshipSchema, value, at, report);
  if (values === undefined) return null;
  const errorsBefore = report.errorCount;
  const shared = { values, at, told: new Set<string>() };
  const peers = readPeers(values.peers ?? [], shared, child(at, 'peers'), report);
  const arePeersRight = values.peers !== undefined && report.errorCount === errorsBefore;
  const given = isMap(value) && Object.hasOwn(value, 'this-server-name');
  const serverName = surroundings.thisServerName ?? values['this-server-name'];
  if (!given && serverName === undefined)
    report.error(child(at, 'this-server-name'), 'nothing', 'the name of this server among the peers');
  const thisServerName = serverName?.trim() ?? '';
  if (arePeersRight && serverName !== undefined) checkThisServer(thisServerName, peers, at, report);
  const pauses = readPauses(values['state-machine'], child(at, 'state-machine'), report);
  if (values.mode === undefined) return null;
  if (arePeersRight) checkRoles(values.mode, peers, child(at, 'peers'), report);
  checkMode(values, values.mode, at, report);
  const relationship = build(values, values.mode, peers, surroundings);
  warnOfRisks(relationship, thisServerName, surroundings, at, report);
  return { ...relationship, thisServerName, pauses, peers };
}

function build(
  values: RelationshipValues,
  mode: HaMode,
  peers: readonly HaPeerConfig[],
  surroundings: HaSurroundings,
): Omit<HaRelationshipConfig, 'thisServerName' | 'pauses'> {
  const threads = values['multi-threading'];
  return {
    mode,
    peers,
    heartbeatDelayMs: values['heartbeat-delay'],
    maxResponseDelayMs: values['max-response-delay'],
    maxAckDelayMs: values['max-ack-delay'],
    maxUnackedClients: values['max-unacked-clients'],
    maxRejectedLeaseUpdates: values['max-rejected-lease-updates'],
    delayedUpdatesLimit: values['delayed-updates-limit'] ?? delayedUpdatesLimit(mode),
    sendLeaseUpdates: values['send-lease-updates'],
    syncLeases: values['sync-leases'],
    syncTimeoutMs: values['sync-timeout'],
    syncPageLimit: values['sync-page-limit'],
    waitBackupAck: values['wait-backup-ack'],
    requireClientCerts: values['require-client-certs'],
    restrictCommands: values['restrict-commands'],
    multiThreading: {
      enabled: surroundings.isMultiThreaded && (threads?.['enable-multi-threading'] ?? true),
      httpDedicatedListener: threads?.['http-dedicated-listener'] ?? true,
      httpListenerThreads: threads?.['http-listener-threads'] ?? 0,
      httpClientThreads: threads?.['http-client-threads'] ?? 0,
    },
  };
}

function checkThisServer(serverName: string, peers: readonly HaPeerConfig[], at: Path, report: Report): void {
  if (peers.some((peer) => peer.name === serverName)) return;
  const names = peers.map((peer) => quote(peer.name)).join(', ');
  report.error(
    child(at, 'this-server-name'),
    quote(serverName),
    `the name of a peer: ${names || 'there are none'}`,
  );
}

/** Of a relationship that does not say it. */
export function delayedUpdatesLimit(mode: string): number {
  return mode === 'load-balancing' ? 100 : 0;
}

function checkMode(values: RelationshipValues, mode: HaMode, at: Path, report: Report): void {
  const limit = values['delayed-updates-limit'] ?? 0;
  if (limit > 0 && mode !== 'load-balancing')
    report.error(child(at, 'delayed-updates-limit'), String(limit), `0 in mode "${mode}"`);
  if (values['wait-backup-ack'] && mode !== 'passive-backup')
    report.error(child(at, 'wait-backup-ack'), 'true', `false in mode "${mode}"`);
}

function warnOfRisks(
  relationship: Omit<HaRelationshipConfig, 'thisServerName' | 'pauses'>,
  thisServerName: string,
  surroundings: HaSurroundings,
  at: Path,
  report: Report,
): void {
  const { sendLeaseUpdates, syncLeases, multiThreading } = relationship;
  if (!sendLeaseUpdates)
    report.warn(child(at, 'send-lease-updates'), 'false', 'true, or the partner does not know the leases');
  if (!syncLeases)
    report.warn(child(at, 'sync-leases'), 'false', 'true, or this server misses the leases of its absence');
  if (sendLeaseUpdates !== syncLeases)
    report.warn(at, '"send-lease-updates" and "sync-leases" that differ', 'the same value for both');
  const own = relationship.peers.findIndex((peer) => peer.name === thisServerName);
  if (relationship.peers[own]?.autoFailover === false) {
    const place = child(child(child(at, 'peers'), own), 'auto-failover');
    report.warn(place, 'false for this server', 'true, or it does not take over when the partner fails');
  }
  if (surroundings.isMultiThreaded && !multiThreading.enabled) {
    const place = child(child(at, 'multi-threading'), 'enable-multi-threading');
    report.warn(place, 'false', 'true as for the server itself');
  }
}
