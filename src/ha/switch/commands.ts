/**
 * dhcp-disable and dhcp-enable. They exist with and without high availability. Both answer only when every shard works
 * by the new rule: a partner that synchronizes reads our leases right after the answer, and a lease committed later
 * would be missing there.
 */
import { type Answer, type CommandHandler, failure, success } from '../../control/answer.ts';
import { bad, clip, isMap, type JsonMap, member, ok, type Read, readInteger } from '../commands/arguments.ts';
import { SILENT } from '../wire/peer-answers.ts';
import { Origin, type ServiceSwitch } from './switch.ts';

const ORIGIN_MAX = 0xffffffff;
const MAX_PERIOD_SEC_MAX = 0xffffffff;

/** @param applied resolves when all shards work by the newest policy */
export function createServiceSwitchCommands(
  serviceSwitch: ServiceSwitch,
  applied: () => Promise<void>,
): ReadonlyMap<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['dhcp-disable', (args) => disable(serviceSwitch, applied, args)],
    ['dhcp-enable', (args) => enable(serviceSwitch, applied, args)],
  ]);
}

async function disable(
  serviceSwitch: ServiceSwitch,
  applied: () => Promise<void>,
  args: unknown,
): Promise<Answer> {
  const map = readMap(args, 'dhcp-disable');
  if (!map.ok) return failure(map.error);
  const maxPeriodSec = readPeriod(map.value);
  if (!maxPeriodSec.ok) return failure(maxPeriodSec.error);
  const origin = readOrigin(map.value);
  if (!origin.ok) return failure(origin.error);
  if (maxPeriodSec.value !== null && origin.value >= Origin.database)
    return failure(`'max-period' is not possible for origin ${origin.value}: database origins have no timer`);
  if (!serviceSwitch.disable(origin.value, maxPeriodSec.value))
    return failure('too many origins hold the DHCP service off; release some with dhcp-enable');
  const period = maxPeriodSec.value === null ? '' : ` for ${maxPeriodSec.value} seconds`;
  return whenApplied(applied, `DHCPv4 service disabled${period}`, SILENT);
}

async function enable(
  serviceSwitch: ServiceSwitch,
  applied: () => Promise<void>,
  args: unknown,
): Promise<Answer> {
  const map = readMap(args, 'dhcp-enable');
  if (!map.ok) return failure(map.error);
  const origin = readOrigin(map.value);
  if (!origin.ok) return failure(origin.error);
  serviceSwitch.enable(origin.value);
  return whenApplied(applied, 'DHCP service successfully enabled');
}

/** Answers after the shards have taken over the policy, or says that they have not. */
export async function whenApplied(
  applied: () => Promise<void>,
  text: string,
  args?: object,
): Promise<Answer> {
  try {
    await applied();
    return success(text, args);
  } catch {
    return failure('the change was made, but not every packet thread has confirmed it; see the log');
  }
}

function readMap(args: unknown, command: string): Read<JsonMap> {
  if (args === undefined) return ok({});
  return isMap(args) ? ok(args) : bad(`arguments for the '${command}' command must be a map`);
}

function readPeriod(map: JsonMap): Read<number | null> {
  const value = member(map, 'max-period');
  if (value === undefined) return ok(null);
  if (typeof value !== 'number' || !Number.isInteger(value))
    return bad("'max-period' argument must be a number");
  if (value < 1) return bad("'max-period' must be positive integer");
  return readInteger(map, 'max-period', 1, MAX_PERIOD_SEC_MAX);
}

/** `origin-id` counts most, then `origin` as a name or a number, then the user. */
function readOrigin(map: JsonMap): Read<number> {
  const byId = readInteger(map, 'origin-id', 1, ORIGIN_MAX);
  if (!byId.ok) return byId;
  if (byId.value !== null) return ok(byId.value);
  const origin = member(map, 'origin');
  if (origin === undefined || origin === 'user') return ok(Origin.user);
  if (origin === 'ha-partner') return ok(Origin.haPartner);
  if (typeof origin === 'string')
    return bad(
      `invalid value used for 'origin' parameter: ${origin === '' ? '(empty string)' : clip(origin)}`,
    );
  if (typeof origin !== 'number') return bad("'origin' argument must be a string");
  const byNumber = readInteger(map, 'origin', 1, ORIGIN_MAX);
  return byNumber.ok ? ok(byNumber.value ?? Origin.user) : byNumber;
}
