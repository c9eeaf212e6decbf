import {
  type AddPrefixListEntry,
  DescribeManagedPrefixListsCommand,
  EC2Client,
  EC2ServiceException,
  type ManagedPrefixList,
  ModifyManagedPrefixListCommand,
  type ModifyManagedPrefixListRequest,
  paginateGetManagedPrefixListEntries,
} from '@aws-sdk/client-ec2';
import type { EntryChange, ModificationAnswer, PrefixListState, PrefixLists } from './prefix-list.ts';

/** EC2's words for "somebody else was faster" (EC2 API reference, errors-overview). */
const CONFLICTS: ReadonlySet<string> = new Set([
  'PrefixListVersionMismatch',
  'IncorrectState',
  'ConcurrentMutationLimitExceeded',
]);

/** A silent peer must not use up the run. */
const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** What a new entry says of itself in the console. */
const DESCRIPTION = 'WeChat server';

/** {@link PrefixLists} through the EC2 API (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html). */
export function createEc2PrefixLists(): PrefixLists {
  const client = new EC2Client(CLIENT_SETTINGS);
  const modify = async (request: ModifyManagedPrefixListRequest): Promise<ModificationAnswer> => {
    try {
      await client.send(new ModifyManagedPrefixListCommand(request));
      return 'accepted';
    } catch (error) {
      // Expected: a second writer. The caller reads the list again.
      if (error instanceof EC2ServiceException && CONFLICTS.has(error.name)) return 'conflict';
      throw error;
    }
  };
  return {
    async describe(id) {
      try {
        const { PrefixLists: found } = await client.send(
          new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] }),
        );
        return found?.[0] === undefined ? undefined : stateOf(found[0]);
      } catch (error) {
        // Expected: the environment file names a list that is not there (any more).
        if (error instanceof EC2ServiceException && error.name === 'InvalidPrefixListID.NotFound') return undefined;
        throw error;
      }
    },
    async entries(id, version) {
      const request = { PrefixListId: id, TargetVersion: version };
      const cidrs: string[] = [];
      for await (const { Entries = [] } of paginateGetManagedPrefixListEntries({ client, pageSize: 100 }, request)) {
        cidrs.push(...Entries.map(({ Cidr = '' }) => Cidr));
      }
      return cidrs;
    },
    change: (id, version, change) => modify({ PrefixListId: id, CurrentVersion: version, ...entriesOf(change) }),
    resize: (id, maxEntries) => modify({ PrefixListId: id, MaxEntries: maxEntries }),
  };
}

function stateOf(found: ManagedPrefixList): PrefixListState {
  return {
    family: found.AddressFamily === 'IPv6' ? 'ipv6' : 'ipv4',
    version: found.Version ?? 0,
    maxEntries: found.MaxEntries ?? 0,
    state: found.State ?? '',
    stateMessage: found.StateMessage ?? '',
  };
}

function entriesOf(change: EntryChange): Pick<ModifyManagedPrefixListRequest, 'AddEntries' | 'RemoveEntries'> {
  if ('remove' in change) return { RemoveEntries: change.remove.map((Cidr) => ({ Cidr })) };
  return { AddEntries: change.add.map((Cidr): AddPrefixListEntry => ({ Cidr, Description: DESCRIPTION })) };
}
