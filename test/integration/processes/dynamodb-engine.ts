import { createTableInput } from '#shared/table/table-definition.dynamodb.ts';
import { startEmbeddedDynamodb } from '../../../infra/local/embedded-dynamodb.ts';
import { TABLE_NAME } from '../../gateway-rig.ts';

/** Sends the endpoint when the table is there. Ends with its parent. */
const { endpoint } = await startEmbeddedDynamodb({ table: createTableInput(TABLE_NAME) });
process.send?.(endpoint);
process.once('disconnect', () => process.exit());
