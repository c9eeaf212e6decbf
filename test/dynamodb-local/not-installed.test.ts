import { expect, it } from 'vitest';
import { lackForDynamodbLocal } from '../dynamodb-local-lack.ts';

it('the integration suite once more: DynamoDB Local is installed here', ({ skip }) => {
  const lack = lackForDynamodbLocal();
  skip(lack !== undefined, lack);
  expect(lack).toBeUndefined();
});
