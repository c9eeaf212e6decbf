import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DUE_GROUP, KEY_PREFIX } from '#shared/table/keys.ts';
import { TABLE_SCHEMA } from '#shared/table/table-definition.dynamodb.ts';

/** A kind of item, which is a partition-key prefix. */
export type ItemKind = keyof typeof KEY_PREFIX;

// The key actions that DynamoDB performs in the caller's name (Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes"
// and "Managing encryption keys"), spelt out because `kms:ReEncrypt*` would be a wildcard.
const KEY_ACTIONS_TO_READ = ['kms:Decrypt', 'kms:DescribeKey'];
const KEY_ACTIONS_TO_WRITE = [
  ...KEY_ACTIONS_TO_READ,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The one table of state and the key that encrypts it. Both outlive the stack and the table refuses to be deleted, unless the stage is to be
 * destroyed.
 *
 * A plain table and not a global one: conditions are evaluated per region, so a replica would let two regions hold one lease.
 *
 * What a role may do is granted by intent: one action on one kind of item each. `dynamodb:LeadingKeys` holds it to the kind's partition-key
 * prefix, and `Null` refuses a request without keys, which `ForAllValues` alone would let through (IAM User Guide, "Multivalued context keys").
 */
export class GatewayTable extends Construct {
  readonly tableName: string;
  private readonly table: Table;
  private readonly key: Key;

  constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy) {
    super(scope, id);
    const { partitionKey, sortKey, dueIndex, timeToLive } = TABLE_SCHEMA;
    this.key = new Key(this, 'Key', { enableKeyRotation: true, removalPolicy });
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: timeToLive,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: dueIndex.name,
      partitionKey: { name: dueIndex.partitionKey, type: AttributeType.STRING },
      sortKey: { name: dueIndex.sortKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.tableName = this.table.tableName;
  }

  /** Lets a role get single items of these kinds. */
  grantReadItems(role: IRole, ...kinds: ItemKind[]): void {
    this.allow(role, 'dynamodb:GetItem', this.table.tableArn, kinds.map(patternOf));
    this.allowKey(role, KEY_ACTIONS_TO_READ);
  }

  /** Lets a role get several items of these kinds in one request, besides what {@link grantReadItems} allows. */
  grantReadItemsTogether(role: IRole, ...kinds: ItemKind[]): void {
    this.allow(role, 'dynamodb:BatchGetItem', this.table.tableArn, kinds.map(patternOf));
  }

  /** Lets a role read all items of one partition key of these kinds at once. */
  grantQueryItems(role: IRole, ...kinds: ItemKind[]): void {
    this.allow(role, 'dynamodb:Query', this.table.tableArn, kinds.map(patternOf));
    this.allowKey(role, KEY_ACTIONS_TO_READ);
  }

  /** Lets a role put whole items of these kinds. */
  grantPutItems(role: IRole, ...kinds: ItemKind[]): void {
    this.allow(role, 'dynamodb:PutItem', this.table.tableArn, kinds.map(patternOf));
    this.allowKey(role, KEY_ACTIONS_TO_WRITE);
  }

  /** Lets a role update single items of these kinds. */
  grantUpdateItems(role: IRole, ...kinds: ItemKind[]): void {
    this.allow(role, 'dynamodb:UpdateItem', this.table.tableArn, kinds.map(patternOf));
    this.allowKey(role, KEY_ACTIONS_TO_WRITE);
  }

  /** Lets a role ask the index which accounts are due: keys only, never a token. */
  grantQueryDueAccounts(role: IRole): void {
    this.allow(role, 'dynamodb:Query', `${this.table.tableArn}/index/${TABLE_SCHEMA.dueIndex.name}`, [DUE_GROUP]);
    this.allowKey(role, KEY_ACTIONS_TO_READ);
  }

  /** What an operator needs: every item, by every action that the operator's command line uses. */
  operatorStatements(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map((name) => `dynamodb:${name}`),
        resources: [this.table.tableArn, `${this.table.tableArn}/index/${TABLE_SCHEMA.dueIndex.name}`],
      }),
      new PolicyStatement({ actions: KEY_ACTIONS_TO_WRITE, resources: [this.key.keyArn] }),
    ];
  }

  private allow(role: IRole, action: string, resource: string, leadingKeys: readonly string[]): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [action],
        resources: [resource],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
    );
  }

  // The key encrypts this table and nothing else, so the table's own conditions are what holds a role to its items.
  private allowKey(role: IRole, actions: readonly string[]): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [this.key.keyArn] }));
  }
}

function patternOf(kind: ItemKind): string {
  return `${KEY_PREFIX[kind]}*`;
}
