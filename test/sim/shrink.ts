/** Cuts a story that shows something to what it needs for that: fewer faults, clients and minutes. */
import type { StoryPlan } from './plan.ts';

/** Whatever is left out changes all chance behind it: a shorter story is tried with so many other seeds. */
const SEEDS = 5;
const SEC_PER_HOUR = 3600;
/** Of a story before its faults begin. */
const BEGINNING_SEC = 60;

/**
 * @param shows tells a story. @returns when the violation that is looked for was noticed, s since the beginning, null = it was not
 * @returns the shortest plan that was found, with a seed that shows it
 */
export async function shrink(
  plan: StoryPlan,
  shows: (plan: StoryPlan) => Promise<number | null>,
): Promise<StoryPlan> {
  let best = plan;
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (const candidate of shorterThan(best)) {
      const found = await withAnySeed(candidate, shows);
      if (found === null) continue;
      best = found;
      isShorter = true;
      break;
    }
  }
  return best;
}

async function withAnySeed(
  plan: StoryPlan,
  shows: (plan: StoryPlan) => Promise<number | null>,
): Promise<StoryPlan | null> {
  for (let other = 0; other < SEEDS; other++) {
    const tried = { ...plan, seed: plan.seed + other };
    const atSec = await shows(tried);
    if (atSec === null) continue;
    // What comes later than what was looked for is not needed.
    const hours = Math.min(tried.hours, Math.max(0, atSec - BEGINNING_SEC) / SEC_PER_HOUR);
    const faults = tried.faults.filter((fault) => fault.atSec <= atSec);
    const cut = { ...tried, hours, faults };
    return (await shows(cut)) === null ? tried : cut;
  }
  return null;
}

/** Those that lack most come first. */
function* shorterThan(plan: StoryPlan): Generator<StoryPlan> {
  const { faults, clients } = plan;
  for (let size = faults.length; size >= 1; size = size >> 1)
    for (let at = 0; at < faults.length; at += size)
      yield { ...plan, faults: faults.filter((_, index) => index < at || index >= at + size) };
  if (clients > 2) yield { ...plan, clients: Math.ceil(clients / 2) };
  if (plan.loss > 0) yield { ...plan, loss: 0 };
  if (plan.duplication > 0) yield { ...plan, duplication: 0 };
  if (plan.pair.shards > 1) yield { ...plan, pair: { ...plan.pair, shards: 1 } };
  if (plan.pair.cleanupSec > 0) yield { ...plan, pair: { ...plan.pair, cleanupSec: 0 } };
  if (plan.restlessness > 0) yield { ...plan, restlessness: 0 };
}
