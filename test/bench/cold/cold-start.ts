import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMsOf, peakMemoryMiBOf } from '../cpu-time.ts';
import { pinned } from '../pinned.ts';
import { startRuntimeApi } from './runtime-api.ts';
import type { RuntimeClient } from './runtime-client.ts';

/** What one function's environment took from nothing to its first answer. */
export interface ColdStart {
  /** Spawn until the runtime asks for an event, in milliseconds. */
  readonly initMs: number;
  /** From the event to the answer; 0 without an event. */
  readonly firstCallMs: number;
  /** When the event went out, by `performance.now()`. */
  readonly invokedAt: number;
  /** Processor time of all threads, Node's own start included. */
  readonly cpuMs: number;
  /** Physical memory at its highest. */
  readonly peakMiB: number;
  readonly answer: unknown;
}

/** What is started. */
export interface ColdSubject {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

const HANDLER = 'handler.handler';

/**
 * Starts one environment, sends it one event, if there is one, and ends it.
 * @throws {Error} when the function does not start, with what it wrote to stderr, and when it answers with an error
 */
export async function coldStart(client: RuntimeClient, subject: ColdSubject, event?: unknown): Promise<ColdStart> {
  const api = await startRuntimeApi();
  const environment = { ...runtimeVariables(api.endpoint, subject.directory), ...subject.environment };
  const [program, ...rest] = pinned('measured', [process.execPath, client.file]);
  const spawnedAt = performance.now();
  const child = spawn(program, rest, {
    cwd: subject.directory,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const pid = child.pid ?? 0;
  const ended = exited.then(() => Promise.reject(new Error(`${subject.directory} ended before its answer`)));
  // Fine: it ends after its answer too.
  ended.catch(() => {});
  try {
    const initialisedAt = await Promise.race([api.initialised, ended]);
    const idle = { sentAt: initialisedAt, answeredAt: initialisedAt, answer: undefined };
    const { sentAt, answeredAt, answer } = event === undefined ? idle : await Promise.race([api.invoke(event), ended]);
    return {
      initMs: initialisedAt - spawnedAt,
      firstCallMs: answeredAt - sentAt,
      invokedAt: sentAt,
      cpuMs: cpuMsOf(pid),
      peakMiB: peakMemoryMiBOf(pid),
      answer,
    };
  } finally {
    child.kill('SIGKILL');
    await exited;
    await api.close(0);
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function runtimeVariables(endpoint: string, directory: string): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    _HANDLER: HANDLER,
    AWS_LAMBDA_RUNTIME_API: endpoint.replace('http://', ''),
    LAMBDA_TASK_ROOT: directory,
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/bench',
    AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  };
}
