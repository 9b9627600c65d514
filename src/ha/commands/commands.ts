/** The HA commands, from the partner and from administrators. Each checks its arguments before it changes anything. */

import {
  type Answer,
  type CommandHandler,
  type CommandTable,
  failure,
  success,
} from '../../control/answer.ts';
import { isOutOfService } from '../machine/lease-storage.ts';
import type { View } from '../machine/run.ts';
import { isPeerName } from '../machine/setup.ts';
import { explain } from '../service/explain.ts';
import { Maintenance } from '../service/maintenance.ts';
import type { HaControl } from '../service/model.ts';
import { maxPeriodSec } from '../service/operations.ts';
import { createServiceSwitchCommands, whenApplied } from '../switch/commands.ts';
import { Origin } from '../switch/switch.ts';
import { heartbeatReplyArguments, streamVersions } from '../wire/heartbeat.ts';
import {
  bad,
  checkServerName,
  clip,
  isMap,
  type JsonMap,
  member,
  needArguments,
  ok,
  type Read,
  readArguments,
  readInteger,
} from './arguments.ts';

const MAX_PERIOD_SEC_MAX = 0xffffffff;

/** @param view the machine and its surroundings now */
export function createHaCommands(control: HaControl, view: () => View): CommandTable {
  const maintenance = new Maintenance(control);
  return new Map<string, CommandHandler>([
    ['ha-heartbeat', (args) => heartbeat(control, args)],
    ['ha-sync', (args) => sync(control, args)],
    ['ha-scopes', (args) => scopes(control, args)],
    ['ha-continue', (args) => resume(control, args)],
    ['ha-reset', (args) => reset(control, args)],
    ['ha-sync-complete-notify', (args) => syncComplete(control, args)],
    ['ha-maintenance-start', () => maintenance.start()],
    ['ha-maintenance-cancel', () => maintenance.cancel()],
    ['ha-maintenance-notify', (args) => maintenance.notified(args)],
    ['ha-why', (args) => why(control, args, view())],
    ...createServiceSwitchCommands(control.parts.serviceSwitch, () => control.applied()),
  ]);
}

/** Answers when every packet thread works by what it says: the partner acts on it at once. */
async function heartbeat(control: HaControl, args: unknown): Promise<Answer> {
  const request = readNamed(control, args, 'ha-heartbeat');
  if (!request.ok) return failure(request.error);
  const { map, serverName } = request.value;
  try {
    let state: string;
    do {
      state = control.state().name;
      await control.applied();
    } while (control.state().name !== state);
  } catch (error) {
    return failure((error as Error).message);
  }
  if (isOutOfService(control.state())) return failure('this server cannot store leases and answers nobody');
  // Whoever has just come back is about to want one; only its own word counts.
  if (serverName !== null) control.parts.streams.heard(serverName, streamVersions(map));
  const reply = heartbeatReplyArguments(control.state(), control.parts.clock.wallMs(), control.tandem);
  return success('HA peer status returned.', reply);
}

async function sync(control: HaControl, args: unknown): Promise<Answer> {
  const { setup } = control;
  const map = needArguments(args, 'ha-sync');
  if (!map.ok) return failure(map.error);
  const name = member(map.value, 'server-name');
  if (name === undefined) return failure("'server-name' is mandatory for the 'ha-sync' command");
  if (typeof name !== 'string') return failure("'server-name' must be a string in the 'ha-sync' command");
  if (name === setup.own.name) return failure('a server cannot synchronize from itself');
  const source = control.client(name);
  if (!isPeerName(setup, name) || source === null)
    return failure(`'${clip(name)}' is no server of this relationship`);
  const period = readInteger(map.value, 'max-period', 1, MAX_PERIOD_SEC_MAX);
  if (!period.ok) return failure("'max-period' must be a positive integer in the 'ha-sync' command");
  const running = control.sync(source, period.value ?? maxPeriodSec(control));
  if (running === null) return failure('a synchronization is under way; try again when it has ended');
  const outcome = await running;
  return outcome.ok ? success(outcome.text) : failure(outcome.text);
}

function scopes(control: HaControl, args: unknown): Promise<Answer> | Answer {
  const map = needArguments(args, 'ha-scopes');
  if (!map.ok) return failure(map.error);
  const request = readNamed(control, args, 'ha-scopes');
  if (!request.ok) return failure(request.error);
  const names = readScopeNames(control, request.value.map);
  if (!names.ok) return failure(names.error);
  control.submit({ kind: 'scopes-requested', scopes: names.value });
  return whenApplied(() => control.applied(), 'New HA scopes configured.');
}

function readScopeNames(control: HaControl, map: JsonMap): Read<readonly string[]> {
  const value = member(map, 'scopes');
  if (value === undefined) return bad("'scopes' is mandatory for the 'ha-scopes' command");
  if (!Array.isArray(value)) return bad("'scopes' must be a list in the 'ha-scopes' command");
  for (const name of value) {
    if (typeof name !== 'string') return bad("scope name must be a string in the 'scopes' argument");
    if (!isPeerName(control.setup, name))
      return bad(`invalid server name specified '${clip(name)}' while enabling/disabling HA scopes`);
  }
  return ok(value);
}

function resume(control: HaControl, args: unknown): Answer {
  const request = readNamed(control, args, 'ha-continue');
  if (!request.ok) return failure(request.error);
  if (!control.state().paused) return success('HA state machine is not paused.');
  control.submit({ kind: 'continue-requested' });
  control.parts.log('TDM_HA_CONTINUED', { state: control.state().name });
  return success('HA state machine continues.');
}

function reset(control: HaControl, args: unknown): Answer | Promise<Answer> {
  const request = readNamed(control, args, 'ha-reset');
  if (!request.ok) return failure(request.error);
  if (control.state().name === 'waiting') return success('HA state machine already in WAITING state.');
  control.submit({ kind: 'reset-requested' });
  return whenApplied(() => control.applied(), 'HA state machine reset.');
}

function syncComplete(control: HaControl, args: unknown): Answer | Promise<Answer> {
  const request = readNamed(control, args, 'ha-sync-complete-notify');
  if (!request.ok) return failure(request.error);
  const origin = readPartnerOrigin(request.value.map);
  if (!origin.ok) return failure(origin.error);
  // First our own hold (in partner-down), then the partner's: the service must not flicker on between them.
  const { serviceSwitch } = control.parts;
  const isByStream = isByStreamOf(request.value.map);
  const isBackups = isOfBackup(control, request.value.serverName);
  if (!isBackups) {
    const follows = isByStream && control.isFollowed();
    // What would have been withheld, had the stream ended since, is missing there as well.
    const outlasted = isByStream ? !follows : serviceSwitch.hasExpired(origin.value);
    control.submit({ kind: 'sync-complete-notified', outlasted, follows });
  }
  // A backup that held nothing off by its stream must not let go of what the partner holds under the same number.
  if (!isBackups || !isByStream) serviceSwitch.enable(origin.value);
  return whenApplied(
    () => control.applied(),
    'Server successfully notified about the synchronization completion.',
  );
}

/** A backup that has all leases says nothing of the partner: that one may still lack some. */
function isOfBackup({ setup }: HaControl, serverName: string | null): boolean {
  return setup.backups.some(({ name }) => name === serverName);
}

/** Whether the leases went by the lease stream, with nobody's service held off. */
function isByStreamOf(map: JsonMap): boolean {
  const tandem = member(map, 'tandem');
  return isMap(tandem) && member(tandem, 'by-stream') === true;
}

/** Servers up to Kea 2.4 send no number; they have disabled as `ha-partner`, which is 2000. */
function readPartnerOrigin(map: JsonMap): Read<number> {
  for (const name of ['origin-id', 'origin']) {
    const origin = readInteger(map, name, Origin.haPartner, Origin.database - 1);
    if (!origin.ok || origin.value !== null) return origin.ok ? ok(origin.value ?? Origin.haPartner) : origin;
  }
  return ok(Origin.haPartner);
}

function why(control: HaControl, args: unknown, view: View): Answer {
  const request = readNamed(control, args, 'ha-why');
  if (!request.ok) return failure(request.error);
  const reasons = explain(view, control.parts.serviceSwitch.origins(), control.parts.concerns());
  return success(`${reasons.state}: ${reasons.because}`, reasons);
}

/** Arguments that may be absent and may name the relationship by any of its servers. */
function readNamed(
  control: HaControl,
  args: unknown,
  command: string,
): Read<{ map: JsonMap; serverName: string | null }> {
  const map = readArguments(args, command);
  if (!map.ok) return map;
  const serverName = checkServerName(control.setup, map.value);
  return serverName.ok ? ok({ map: map.value, serverName: serverName.value }) : serverName;
}
