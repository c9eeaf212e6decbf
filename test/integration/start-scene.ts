import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Simulator, startSimulator } from '../wechat-simulator/simulator.ts';
import type { ReadyLine } from './start-run.ts';

/** The account that simulators of these tests know. */
export const APP_ID = 'wx5d1f3a2b4c6e7081';
/** Marked, so that it is found wherever it should not be. */
export const APP_SECRET = 'canary0secret0canary0secret00000';

/** A WeChat of the test's own, what a run needs to use it, and its end with the test. */
export async function startWechat(): Promise<{
  readonly simulator: Simulator;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}> {
  const simulator = await startSimulator({ accounts: [{ appId: APP_ID, appSecret: APP_SECRET }] });
  onTestFinished(() => simulator.close());
  const flags = [
    '--upstream',
    simulator.origin,
    '--app-id',
    APP_ID,
    '--app-secret-env',
    'SECRET_OF_TEST',
    '--port',
    '0',
  ];
  return { simulator, flags, environment: { SECRET_OF_TEST: APP_SECRET } };
}

/** A directory that does not exist yet, and is gone after the test. */
export function freshDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'start-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'data');
}

/** Calls the gateway as its demo caller and brings the answer's fields. */
export async function callGateway({ url, callerKey }: ReadyLine, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${callerKey}` } });
  // The gateway answers with JSON objects only; the tests look at the fields.
  return (await answer.json()) as Record<string, unknown>;
}
