import { awsTrouble } from '../aws-trouble.ts';
import { OperatorFailure } from '../operator-failure.ts';
import { type Check, failed } from './check.ts';

const REMEDY_OTHERWISE = 'Try again; if it stays, look at the AWS console.';

/**
 * The failed check for an error that looking has thrown.
 * @throws the error itself when it is neither ours nor an AWS client's: then the doctor is at fault
 */
export function checkOfTrouble(name: string, error: unknown): Check {
  if (error instanceof OperatorFailure) return checkOfFailure(name, error);
  const trouble = awsTrouble(error);
  if (trouble === undefined) throw error;
  const { cause, remedy = REMEDY_OTHERWISE } = trouble;
  return failed(name, sentence(cause), sentence(remedy));
}

/** Our own messages are the cause, a colon, and the next step. */
function checkOfFailure(name: string, { message }: OperatorFailure): Check {
  const colon = message.indexOf(': ');
  if (colon === -1) return failed(name, sentence(message), REMEDY_OTHERWISE);
  return failed(name, sentence(message.slice(0, colon)), sentence(message.slice(colon + 2)));
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(upper) ? upper : `${upper}.`;
}
