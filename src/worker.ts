/** The entry of every worker thread: its named exports are the tasks of the pools. */
import { runCarrier as link, ThreadName } from './carrier/loop.ts';
import { nameThread } from './io/thread-name.ts';
import { runCleanup as cleanUp } from './journal/cleanup.ts';
import { runJournal as journal } from './journal/task.ts';
import { runShard as shard } from './shard/run.ts';

export const runCleanup = named('cleanup', cleanUp);
export const runJournal = named('journal', journal);
export const runLink = named(ThreadName.alone, link);
export const runShard = named('shard', shard);

/** The task, which gives its thread a name first. */
function named<Task, Result>(name: string, run: (task: Task) => Result): (task: Task) => Result {
  return (task) => {
    nameThread(name);
    return run(task);
  };
}
