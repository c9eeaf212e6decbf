import type { Clock } from '../clock.ts';
import type { Firewall, FirewallOutcome } from './firewall.ts';
import { FirewallFailure, failureOutcome } from './firewall-failure.ts';
import type { PrefixListTarget } from './firewall-settings.ts';
import type { ModificationAnswer, PrefixListState, PrefixLists } from './prefix-list.ts';
import { nextStep, type PrefixListStep } from './prefix-list-step.ts';

/** How long one prefix list may take; what is left then is the next run's. */
export const PREFIX_LIST_DURATION_MS = 120_000;

const POLL_MS = 1_000;

/** What a prefix list needs besides its name. */
export interface PrefixListDependencies {
  /** Called at the first use, so that the EC2 client is loaded only then. */
  readonly prefixLists: () => Promise<PrefixLists>;
  readonly clock: Clock;
}

/** Keeps one EC2 managed prefix list equal to one of WeChat's lists, for its own address family. The list has no other writer by rights. */
export function createPrefixListFirewall(target: PrefixListTarget, dependencies: PrefixListDependencies): Firewall {
  return {
    name: `prefix-list ${target.id}`,
    async apply(ranges, list) {
      if (list !== target.list) return { outcome: 'other-list' };
      try {
        const wanted = target.family === 'ipv4' ? ranges.v4 : ranges.v6;
        return await bringUpToDate(target, wanted, await dependencies.prefixLists(), dependencies.clock);
      } catch (error) {
        // Fine: the outcome carries it to the log and the metric, and the next run goes on.
        return failureOutcome(error);
      }
    },
  };
}

async function bringUpToDate(
  target: PrefixListTarget,
  wanted: readonly string[],
  prefixLists: PrefixLists,
  clock: Clock,
): Promise<FirewallOutcome> {
  const deadline = clock.now() + PREFIX_LIST_DURATION_MS;
  let [added, removed] = [0, 0];
  for (;;) {
    // Read anew for every step: a second writer may have been there, and then the rest of a plan would be wrong.
    const before = await settledState(target, prefixLists, clock, deadline);
    const step = nextStep(await prefixLists.entries(target.id, before.version), wanted, before.maxEntries);
    if (step === undefined) {
      return added + removed === 0 ? { outcome: 'unchanged' } : { outcome: 'changed', added, removed };
    }
    const answer = await take(step, target.id, before, prefixLists);
    // EC2 takes about as long to change a list, and as long may pass until its descriptions show that something has begun.
    await clock.sleep(POLL_MS);
    if (answer === 'conflict') continue;
    const after = await settledState(target, prefixLists, clock, deadline);
    if (after.state.endsWith('-failed')) throw new FirewallFailure(couldNot(step, before, after.stateMessage));
    if ('add' in step) added += step.add.length;
    if ('remove' in step) removed += step.remove.length;
  }
}

/** The list once nothing is in progress. @throws {FirewallFailure} when it cannot be used, or is still busy at the deadline */
async function settledState(
  { id, family }: PrefixListTarget,
  prefixLists: PrefixLists,
  clock: Clock,
  deadline: number,
): Promise<PrefixListState> {
  for (;;) {
    const found = await prefixLists.describe(id);
    if (found === undefined || found.state.startsWith('delete-')) {
      throw new FirewallFailure(`${id} does not exist in this region: name another in the stage's environment file`);
    }
    if (found.family !== family) {
      throw new FirewallFailure(`${id} holds ${found.family} and the stage's environment file says ${family}`);
    }
    if (clock.now() >= deadline) {
      throw new FirewallFailure(`${id} was not up to date after ${PREFIX_LIST_DURATION_MS / 1_000} s (${found.state})`);
    }
    if (!found.state.endsWith('-in-progress')) return found;
    await clock.sleep(POLL_MS);
  }
}

async function take(
  step: PrefixListStep,
  id: string,
  before: PrefixListState,
  prefixLists: PrefixLists,
): Promise<ModificationAnswer> {
  try {
    return 'resizeTo' in step
      ? await prefixLists.resize(id, step.resizeTo)
      : await prefixLists.change(id, before.version, step);
  } catch (error) {
    const answer = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new FirewallFailure(couldNot(step, before, answer), { cause: error });
  }
}

function couldNot(step: PrefixListStep, { maxEntries }: PrefixListState, answer: string): string {
  if (!('resizeTo' in step)) return `EC2 did not take the entries: ${answer}`;
  return (
    `EC2 did not enlarge the list from ${maxEntries} to ${step.resizeTo} entries, which the old and the new ranges need together: ` +
    `raise the AWS account's quota for entries per prefix list, or that of what refers to the list (${answer})`
  );
}
