/** The entry of every worker thread: its named exports are the tasks of the pools. */
export { runCleanup } from './journal/cleanup.ts';
export { runJournal } from './journal/task.ts';
export { runShard } from './shard/loop.ts';
