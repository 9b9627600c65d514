/** A process that cleans up a lease file and is killed just before one of the steps that change something. */

import { systemClock } from '../../../src/base/clock.ts';
import { OpenFlags } from '../../../src/journal/files.ts';
import { cleanUp } from './dhcp4.ts';
import { filesWith, type Operation } from './faulty-files.ts';

const CHANGING: readonly Operation[] = ['write', 'truncate', 'fsync', 'fdatasync', 'rename', 'unlink'];
const [path, stepsAllowed] = [process.argv[2]!, Number(process.argv[3])];

let steps = 0;
const files = filesWith((operation, [, flags]) => {
  if (!CHANGING.includes(operation) && !(operation === 'open' && flags === OpenFlags.writeEmpty)) return;
  if (++steps > stepsAllowed) process.kill(process.pid, 'SIGKILL');
});
process.stdout.write(JSON.stringify(cleanUp({ path }, systemClock, files)));
