import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Certificates } from './certificates.ts';

/** Where the stage of the rehearsal is. */
export const REGION = 'ap-southeast-1';
/** MiniStack's AWS account (its default). */
export const AWS_ACCOUNT = '000000000000';
/** Where MiniStack answers for all of AWS. */
export const AWS_ENDPOINT = 'https://127.0.0.1:4566';

/**
 * The environment of every program of the rehearsal: MiniStack as AWS, with the credentials of its AWS account's root, and no file of this
 * machine's user. MiniStack passes it on to the functions, with credentials of their roles instead.
 */
export async function awsEnvironment(folder: string, { authority }: Certificates): Promise<NodeJS.ProcessEnv> {
  const temporary = join(folder, 'tmp');
  const home = join(folder, 'home');
  await Promise.all([mkdir(temporary), mkdir(home)]);
  // MiniStack's own script in there is CommonJS; without this it would be what the project's package.json says.
  await writeFile(join(temporary, 'package.json'), '{"type":"commonjs"}');
  return {
    // The Node.js that runs this is the one that MiniStack is to start functions with.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    TMPDIR: temporary,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: AWS_ENDPOINT,
    NODE_EXTRA_CA_CERTS: authority,
    // The CDK CLI brings a store of its own.
    AWS_CA_BUNDLE: authority,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
