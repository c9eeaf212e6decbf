import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { expect, it } from 'vitest';
import { findingsOf } from './findings.ts';
import { withAllShapes } from './stage-shapes.ts';
import { exampleApp } from './synthesise.ts';

// A file of its own: with findings open, the app of whoever adds the checks cannot be synthesised.
function checked(app: App): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}

it("cdk-nag's AwsSolutions and Serverless and the CDK's own rules have no open finding in any shape of a stage", () => {
  const app = checked(withAllShapes(exampleApp()));
  expect(findingsOf(app)).toEqual([]);
});

it('every acknowledgement says why', () => {
  const acknowledged = withAllShapes(exampleApp())
    .node.findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries<unknown>(data));
  expect(acknowledged.length).toBeGreaterThan(10);
  for (const [rule, reason] of acknowledged) expect(`${rule}: ${String(reason)}`).toMatch(/: .{20,}/);
});

it('all three do look, at errors and at warnings', () => {
  const app = checked(exampleApp());
  const stack = new Stack(app, 'careless');
  addCareless(stack);
  const found = findingsOf(app);
  expect(found).toContain('careless/Queue/Resource: AwsSolutions-SQS4');
  expect(found).toContain('careless/Function/Resource: Serverless-LambdaTracing');
  expect(
    found.filter((finding) => finding.startsWith('careless/Odd') && !/AwsSolutions|Serverless/.test(finding)),
  ).not.toEqual([]);
});

function addCareless(stack: Stack): Construct[] {
  const code = { runtime: Runtime.NODEJS_24_X, code: Code.fromInline('exports.handler = () => {}') };
  return [
    new Queue(stack, 'Queue'),
    new LambdaFunction(stack, 'Function', { ...code, handler: 'index.handler' }),
    new CfnQueue(stack, 'Odd', { visibilityTimeout: -1 }),
  ];
}
