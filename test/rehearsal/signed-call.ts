import { join } from 'node:path';
import { runCommand } from './command.ts';
import { MINISTACK_PYTHON } from './paths.ts';
import { type AssumedRole, credentialsOf } from './people.ts';

const PROGRAM = join(import.meta.dirname, 'signed-call.py');

/** What a signed call came to. */
export interface SignedAnswer {
  readonly status: number;
  /** The gateway's own, if it refused. */
  readonly cause: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Makes a GET that is signed with a role's credentials, by AWS's own library for Python, which came with MiniStack. */
export async function signedCall(url: string, appId: string, role: AssumedRole): Promise<SignedAnswer> {
  const { stdout } = await runCommand(MINISTACK_PYTHON, [PROGRAM, url, appId], { environment: credentialsOf(role) });
  return JSON.parse(stdout) as SignedAnswer;
}
