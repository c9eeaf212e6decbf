import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoRoleStore } from '#shared/caller/role-store.dynamodb.ts';
import { roleKey } from '#shared/table/keys.ts';
import { onEveryEngine, TABLE } from './every-engine.ts';

const ROLE = 'AROAEXAMPLEROLE01234';

let next = 0;
/** A role that no other test has touched. */
const newRole = (): string => `${ROLE}${(next += 1)}`;

describe('the role store', () => {
  onEveryEngine((engine) => {
    const store = () => createDynamoRoleStore(engine().client, TABLE);

    it('finds nobody for a role that was not added', async () => {
      expect(await store().callerIdOf(newRole())).toBeUndefined();
    });

    it('finds the caller that a role was added for; adding it again changes nothing', async () => {
      const role = newRole();
      expect([await store().add(role, 'caller01'), await store().add(role, 'caller01')]).toEqual([true, true]);
      expect(await store().callerIdOf(role)).toBe('caller01');
    });

    it('never takes a role from another caller', async () => {
      const role = newRole();
      await store().add(role, 'caller01');
      expect(await store().add(role, 'caller02')).toBe(false);
      await store().remove(role, 'caller02');
      expect(await store().callerIdOf(role)).toBe('caller01');
    });

    it('gives a role to one of many who add it at once', async () => {
      const role = newRole();
      const callers = Array.from({ length: 20 }, (_, index) => `caller${index + 10}`);
      const added = await Promise.all(callers.map((callerId) => store().add(role, callerId)));
      expect(added.filter((done) => done)).toHaveLength(1);
      expect(await store().callerIdOf(role)).toBe(callers[added.indexOf(true)]);
    });

    it('lets go of a removed role, and of one that is not there', async () => {
      const role = newRole();
      await store().add(role, 'caller01');
      await store().remove(role, 'caller01');
      await store().remove(role, 'caller01');
      expect(await store().callerIdOf(role)).toBeUndefined();
    });

    it('says that an item is not usable, rather than that it is not there', async () => {
      const role = newRole();
      const { pk, sk } = roleKey(role);
      await engine().client.send(new PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk }, sk: { S: sk } } }));
      await expect(store().callerIdOf(role)).rejects.toThrow('callerId');
    });
  });
});
