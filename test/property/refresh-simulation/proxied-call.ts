/** One call of a caller on its way through the gateway. */
export class ProxiedCall {
  /** Unlike any other's. */
  readonly name: string;
  readonly appId: string;
  /** WeChat refuses it with 40001 whatever its token. */
  readonly isOdd: boolean;
  /** The true time. */
  readonly startedAt: number;
  readonly #onSend: (token: string, refusedAt: number | undefined) => void;
  #refusedAt: number | undefined;

  /** @param onSend told of every sending: with which token, and when WeChat's refusal of the one before had arrived, if it was refused */
  constructor(
    call: Pick<ProxiedCall, 'name' | 'appId' | 'isOdd' | 'startedAt'>,
    onSend: (token: string, refusedAt: number | undefined) => void,
  ) {
    this.name = call.name;
    this.appId = call.appId;
    this.isOdd = call.isOdd;
    this.startedAt = call.startedAt;
    this.#onSend = onSend;
  }

  /** Goes up to WeChat. */
  sentWith(token: string): void {
    this.#onSend(token, this.#refusedAt);
  }

  /** WeChat's answer is here, at this true time: it took the token, or not. */
  answered(at: number, refused: boolean): void {
    this.#refusedAt = refused ? at : undefined;
  }
}

const PARAMETER = 'call';

/** The query by which WeChat's side finds the call again. */
export function queryOf({ name }: Pick<ProxiedCall, 'name'>): string {
  return `${PARAMETER}=${name}`;
}

/** @throws {TypeError} when the query names none of the calls */
export function proxiedCallOf(calls: ReadonlyMap<string, ProxiedCall>, query: URLSearchParams): ProxiedCall {
  const call = calls.get(query.get(PARAMETER) ?? '');
  if (call === undefined) throw new TypeError('WeChat was sent a call that no caller has made');
  return call;
}
