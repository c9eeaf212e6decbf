import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AWS_ACCOUNT, REGION } from './aws-environment.ts';
import { runCommand } from './command.ts';

/** The stage of the rehearsal. */
export const STAGE = 'rehearsal';
/** Its stack, whose name begins those of its roles. */
export const STACK = `wechat-gateway-${STAGE}`;

/** The real CDK CLI. An assembly is the folder that synthesis fills; its name is the caller's. */
export interface Deployment {
  /** Synthesises the app, from its source, for a stage with this environment file. Returns the assembly. */
  synthesise(name: string, stageEnvironment: object): Promise<string>;
  /** What a deploy needs once per AWS account and region. */
  bootstrap(assembly: string): Promise<void>;
  /** Returns the stack's outputs by name. */
  deploy(assembly: string): Promise<ReadonlyMap<string, string>>;
}

/**
 * @param folder what is written on the way goes there
 * @param environmentFiles the folder that the app reads environment files from
 */
export function createDeployment(folder: string, environmentFiles: string): Deployment {
  return {
    async synthesise(name, stageEnvironment) {
      const assembly = join(folder, name);
      await writeFile(join(environmentFiles, `${STAGE}.json`), JSON.stringify(stageEnvironment, null, 2));
      const args = ['run', '--silent', 'synth', '--', '-c', `stage=${STAGE}`, '--output', assembly];
      await runCommand('npm', args);
      return assembly;
    },
    async bootstrap(assembly) {
      // Without an assembly the CLI would synthesise for this command too.
      await runCommand('npx', ['cdk', 'bootstrap', `aws://${AWS_ACCOUNT}/${REGION}`, '--app', assembly]);
    },
    async deploy(assembly) {
      const outputsFile = `${assembly}.outputs.json`;
      const args = ['--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile];
      await runCommand('npm', ['run', '--silent', 'deploy', '--', ...args]);
      const outputs = JSON.parse(await readFile(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
      return new Map(Object.entries(outputs[STACK] ?? {}));
    },
  };
}
