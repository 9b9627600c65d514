/**
 * Transcripts: what happens to a machine and what it asks for, as text. A line `> verb ...` is an event, the indented
 * lines below it are the effects in order, `= state` is where the machine then is. Lines that begin with `#` and empty
 * lines stay as they are.
 *
 *     server MODE NAME key=number ...   the configuration, first of all
 *     > start                           > wait SECONDS (no event: time passes)
 *     > heartbeat PARTNER-STATE [skew=S] [unsent=N]
 *     > heartbeat-failed                > update-failed (the partner fails, then the transactions are completed)
 *     > finished ok|failed (what is under way)
 *     > sync-failed (the partner fails in the middle of the synchronization)
 *     > clients COUNT secs=S            > rejected COUNT
 *     > backlog COUNT [overflown] (no event: what the dispatcher holds)
 *     > partner-holds on|off (no event: dhcp-disable and dhcp-enable by the partner)
 *     > local-enable (no event: dhcp-enable for the machine's own origin)
 *     > reset | continue | sync-complete | scopes NAME ... | maintenance accepted|offline
 *     > notified start|cancel [PARTNER-STATE] | cancelled [PARTNER-STATE]
 *     > why (no event: what ha-why says)
 *
 * Settings of the first line are keys of the configuration: numbers, `sync-leases=false`, `send-lease-updates=false`,
 * `wait-backup-ack=true`, `auto-failover=false` (this server's own), `pause=STATE:RULE`.
 */
import type { HaMode, HaRelationshipConfig, PauseRule } from '../../../src/config/ha-model.ts';
import { type HaEffect, type HaHappening, readPartnerState } from '../../../src/ha/machine/model.ts';
import { explain } from '../../../src/ha/service/explain.ts';
import { Origin } from '../../../src/ha/switch/switch.ts';
import { Machine } from './machine.ts';
import { relationship, withoutAutoFailover } from './relationship.ts';

/** The transcript with all outcomes written anew. */
export function replay(script: string): string {
  const lines: string[] = [];
  let machine: Machine | null = null;
  for (const line of script.split('\n')) {
    if (line.startsWith('  ')) continue;
    lines.push(line);
    if (line.startsWith('server ')) machine = createMachine(line.split(' ').slice(1));
    if (!line.startsWith('> ')) continue;
    if (machine === null) throw new Error('a transcript begins with a line `server MODE NAME`');
    lines.push(...perform(machine, line.slice(2).split(' ')).map((outcome) => `  ${outcome}`));
  }
  return lines.join('\n');
}

const KEYS: Record<string, keyof HaRelationshipConfig> = {
  'delayed-updates-limit': 'delayedUpdatesLimit',
  'heartbeat-delay': 'heartbeatDelayMs',
  'max-rejected-lease-updates': 'maxRejectedLeaseUpdates',
  'max-unacked-clients': 'maxUnackedClients',
  'send-lease-updates': 'sendLeaseUpdates',
  'sync-leases': 'syncLeases',
  'wait-backup-ack': 'waitBackupAck',
};

function createMachine([mode, name, ...settings]: string[]): Machine {
  let config = relationship(mode as HaMode, name!);
  for (const setting of settings) config = withSetting(config, setting);
  const machine = new Machine(config);
  machine.handlersMax = 16;
  return machine;
}

function withSetting(config: HaRelationshipConfig, setting: string): HaRelationshipConfig {
  const [key, value] = setting.split('=');
  if (setting === 'auto-failover=false') return withoutAutoFailover(config);
  if (key === 'pause') {
    const [state, rule] = value!.split(':');
    return { ...config, pauses: { ...config.pauses, [state!]: rule as PauseRule } };
  }
  if (KEYS[key!] === undefined) throw new Error(`a transcript knows no setting '${key}'`);
  return { ...config, [KEYS[key!]!]: JSON.parse(value!) as unknown };
}

function perform(machine: Machine, [verb, ...words]: string[]): string[] {
  switch (verb) {
    case 'wait':
      machine.nowMs += Number(words[0]) * 1000;
      return [];
    case 'backlog':
      machine.backlog = { length: Number(words[0]), overflown: words[1] === 'overflown' };
      return [];
    case 'partner-holds':
      machine.remoteHold = words[0] === 'on';
      return [];
    case 'local-enable':
      machine.localHold = false;
      return [];
    case 'update-failed': {
      const first = outcome(machine.submit({ kind: 'partner-failed', reason: 'timed out' }).effects);
      return [
        ...first,
        ...outcome(machine.submit({ kind: 'updates-completed' }).effects),
        `= ${machine.name}`,
      ];
    }
    case 'sync-failed': {
      const lost = outcome(machine.submit({ kind: 'partner-failed', reason: 'refused' }).effects);
      return [...lost, ...outcome(machine.finish(false).effects), `= ${machine.name}`];
    }
    case 'why':
      return why(machine);
    default:
      submit(machine, verb!, words);
      return [...outcome(machine.effects), `= ${machine.name}`];
  }
}

function why(machine: Machine): string[] {
  const { state, nowMs, serviceOn, backlog } = machine;
  const origins = [
    ...(machine.localHold ? [Origin.haLocal] : []),
    ...(machine.remoteHold ? [Origin.haPartner] : []),
  ];
  const reasons = explain({ setup: state.setup, state, nowMs, serviceOn, backlog }, origins, []);
  return [
    `${reasons.state} for ${reasons['since-seconds']} s: ${reasons.because}`,
    ...reasons.facts.map((fact) => `- ${fact}`),
    ...reasons['waits-for'].map((line) => `? ${line}`),
  ];
}

function submit(machine: Machine, verb: string, words: string[]): void {
  const option = (key: string) =>
    Number(words.find((word) => word.startsWith(`${key}=`))?.split('=')[1] ?? 0);
  switch (verb) {
    case 'heartbeat':
      machine.heartbeat(readPartnerState(words[0]!)!, { skewSec: option('skew'), unsent: option('unsent') });
      break;
    case 'heartbeat-failed':
      machine.heartbeatFailed();
      break;
    case 'finished':
      machine.finish(words[0] === 'ok');
      break;
    case 'clients':
      machine.clients(Number(words[0]), option('secs'));
      break;
    default:
      machine.submit(commandOf(verb, words));
  }
}

function commandOf(verb: string, words: string[]): HaHappening {
  const named = (name: string | undefined) => (name === undefined ? null : readPartnerState(name));
  switch (verb) {
    case 'start':
      return { kind: 'started' };
    case 'reset':
      return { kind: 'reset-requested' };
    case 'continue':
      return { kind: 'continue-requested' };
    case 'sync-complete':
      return { kind: 'sync-complete-notified', outlasted: false, follows: false };
    case 'scopes':
      return { kind: 'scopes-requested', scopes: words };
    case 'unsent':
      return { kind: 'updates-unsent', transactions: Number(words[0]) };
    case 'rejected':
      return {
        kind: 'updates-rejected',
        clients: Array.from({ length: Number(words[0]) }, (_, i) => `02:${i}/`),
      };
    case 'maintenance':
      return { kind: 'maintenance-started', partner: words[0] === 'accepted' ? 'accepted' : 'offline' };
    case 'cancelled':
      return { kind: 'maintenance-cancelled', partnerState: named(words[0]) };
    case 'notified':
      return { kind: 'maintenance-notified', cancel: words[0] === 'cancel', partnerState: named(words[1]) };
    default:
      throw new Error(`a transcript knows no '${verb}'`);
  }
}

function outcome(effects: readonly HaEffect[]): string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'state-changed':
        return `${effect.from} -> ${effect.to}: ${effect.reason}`;
      case 'serve-scopes':
        return `serve ${effect.scopes.length === 0 ? 'no scope' : effect.scopes.join(' ')}`;
      case 'set-service':
        return `service ${effect.on ? 'on' : 'off'}`;
      case 'set-partner-updates':
        return `updates for the partner: ${effect.mode}`;
      case 'observe':
        return `observe ${effect.on ? 'on' : 'off'}`;
      case 'track-confirmed':
        return `track confirmed updates ${effect.on ? 'on' : 'off'}`;
      case 'log':
        return `log ${effect.id} ${JSON.stringify(effect.fields)}`;
      default:
        return effect.kind.replaceAll('-', ' ');
    }
  });
}
