import { ERRMSGS } from './errmsgs.ts';

/** WeChat's way to say no: thrown by an endpoint, answered as `{"errcode","errmsg"}` with a rid. */
export class Refusal extends Error {
  readonly errcode: number;

  /** `errmsg` without its rid; by default the official text of the code. */
  constructor(errcode: number, errmsg: string = ERRMSGS[errcode] ?? 'error') {
    super(errmsg);
    this.errcode = errcode;
  }
}
