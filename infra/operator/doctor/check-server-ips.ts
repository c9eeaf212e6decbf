import { SERVER_IP_LISTS, type ServerIpList } from '#shared/server-ips/server-ip-list.ts';
import { durationText } from '../text-layout.ts';
import { type Check, ok, skipped, warning } from './check.ts';
import { checkOfTrouble } from './check-of-trouble.ts';
import type { Patient } from './patient.ts';

/** The alarm's own threshold: a day and two hours, for they are fetched at some moment of a morning. */
const OLD_MS = 26 * 3_600_000;

/** Looks at the age of both IP lists, and at what waits for an operator. */
export async function checkServerIps(patient: Patient): Promise<readonly Check[]> {
  patient.tell("Looking at WeChat's IP lists ...");
  return Promise.all(SERVER_IP_LISTS.map((list) => checkList(patient, list)));
}

async function checkList({ gateway, surroundings, clock }: Patient, list: ServerIpList): Promise<Check> {
  const name = `IP list ${list}`;
  const sync = surroundings.commandLine('ips sync');
  try {
    const { checked, pending, refused } = (await gateway.serverIps.read(list)).state;
    if (pending !== undefined) {
      const remedy = `${surroundings.commandLine(`ips diff ${list}`)} shows it, ips approve ${list} applies it.`;
      return warning(name, 'A list that lost more than half of its addresses waits for an operator.', remedy);
    }
    if (refused !== undefined) {
      return warning(
        name,
        `The last list was refused, ${refused.reason}: ${refused.text}`,
        `The list before stays. Fetch it again: ${sync}`,
      );
    }
    if (checked === undefined) {
      if (surroundings.isLocal) return skipped(name, `The local run fetches it on demand: ${sync}`);
      return warning(name, 'It has never been fetched.', `It is fetched every morning, and now by: ${sync}`);
    }
    const ageMs = clock.now() - checked.at;
    if (ageMs <= OLD_MS) return ok(name, `Fetched ${durationText(ageMs)} ago.`);
    if (surroundings.isLocal) return skipped(name, `Fetched ${durationText(ageMs)} ago; on demand again: ${sync}`);
    return warning(
      name,
      `It was last fetched ${durationText(ageMs)} ago.`,
      `Fetch it now and see what is wrong: ${sync}`,
    );
  } catch (error) {
    return checkOfTrouble(name, error);
  }
}
