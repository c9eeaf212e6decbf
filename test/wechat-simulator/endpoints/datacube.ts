import { json } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 7;

/** Daily user figures, seven days at most (doc/service/api/datacube/). */
export const datacubeEndpoints: Endpoints = {
  '/datacube/getusersummary': {
    method: 'POST',
    auth: 'access-token',
    handle(call) {
      const fields = jsonBody(call);
      const begin = dayOf(text(fields, 'begin_date'));
      const days = (dayOf(text(fields, 'end_date')) - begin) / DAY_MS + 1;
      if (days < 1 || days > LONGEST_DAYS) throw new Refusal(61501);
      return json({ list: Array.from({ length: days }, (_, index) => summaryOf(begin + index * DAY_MS)) });
    },
  },
};

function dayOf(date: string | undefined): number {
  const epochMs = /^\d{4}-\d{2}-\d{2}$/.test(date ?? '') ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new Refusal(61500);
  return epochMs;
}

function summaryOf(day: number): object {
  return { ref_date: new Date(day).toISOString().slice(0, 10), user_source: 0, new_user: 3, cancel_user: 1 };
}
