import type { Clock } from '../clock.ts';
import { type Announcer, changeOf } from './announcement.ts';
import type { ListState } from './list-state.ts';
import { TELLING_MS } from './next-version.ts';
import type { ServerIpList } from './server-ip-list.ts';
import { changeState, type ServerIpsStore } from './server-ips-store.ts';

/** What telling needs. */
export interface TellDependencies {
  readonly serverIps: ServerIpsStore;
  readonly announcers: readonly Announcer[];
  /** The stage's name, for those who hear of several. */
  readonly stage: string;
  readonly clock: Clock;
}

/**
 * Ends what applying a version began: adds it to the history and tells everybody. Only for who has the task, which the write that applied the
 * version gives, or {@link takeTelling}. When it fails the task is free again, so that the next run tells, those that heard it once more.
 * @returns the announcers' errors
 * @throws the table's error when it does not answer
 */
export async function tellChange(dependencies: TellDependencies, list: ServerIpList, state: ListState) {
  const { serverIps, announcers, stage, clock } = dependencies;
  const { applied } = state;
  if (applied === undefined) return [];
  await serverIps.record(list, applied);
  const change = changeOf(stage, list, applied);
  const told = await Promise.allSettled(announcers.map((announcer) => announcer.announce(change)));
  const errors = told.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const tellingUntil = errors.length === 0 ? undefined : clock.now();
  await changeState(serverIps, list, (now) =>
    now.applied?.version === applied.version ? { ...now, tellingUntil } : undefined,
  );
  return errors;
}

/** Takes the task of telling a version that somebody applied and never told. @returns the state to tell; `undefined` when there is none */
export async function takeTelling(
  { serverIps, clock }: TellDependencies,
  list: ServerIpList,
): Promise<ListState | undefined> {
  const { state, written } = await changeState(serverIps, list, (now) =>
    now.tellingUntil !== undefined && now.tellingUntil <= clock.now()
      ? { ...now, tellingUntil: clock.now() + TELLING_MS }
      : undefined,
  );
  return written ? state : undefined;
}
