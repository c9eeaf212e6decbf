import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../infra/local/loopback-server.ts';

/** One modification that EC2 would have taken. */
export interface TakenModification {
  readonly added: number;
  readonly removed: number;
  readonly maxEntries: number | undefined;
}

/**
 * moto behind the rules of managed prefix lists that EC2 documents and moto does not know (EC2 API reference, ModifyManagedPrefixList and
 * GetManagedPrefixListEntries; VPC user guide, managed prefix lists).
 */
export interface Ec2RulesProxy extends LoopbackServer {
  /** All modifications so far, in order. */
  readonly taken: TakenModification[];
  /** The codes of all refused modifications so far. */
  readonly refused: string[];
  /** The largest size that what refers to a list can support; a larger one ends in `modify-failed`. */
  sizeLimit: number;
  /** Awaited once before the next modification is looked at: the moment for a second writer. */
  beforeModification: (() => Promise<void>) | undefined;
  /** Cuts the connection of every modification from this one on: 0 is the next. */
  cutAfter: number;
}

interface ListState {
  maxEntries: number;
  state: string;
  message: string;
  /** What the state becomes when `polls` descriptions have shown the present one. */
  next: { readonly state: string; readonly message: string };
  polls: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const MODIFICATION_SIZE = 100;
const PAGE_SIZE = 100;
const POLLS_UNTIL_COMPLETE = 2;

/** Starts a proxy in front of `motoEndpoint`. */
export async function startEc2RulesProxy(motoEndpoint: string): Promise<Ec2RulesProxy> {
  const lists = new Map<string, ListState>();
  let lastModification: Promise<unknown> = Promise.resolve();

  const moto = async (request: IncomingMessage, form: URLSearchParams): Promise<Answer> => {
    const headers = { authorization: request.headers.authorization ?? '', 'content-type': FORM };
    const answer = await fetch(motoEndpoint, { method: 'POST', headers, body: form.toString() });
    return { status: answer.status, text: await answer.text() };
  };

  const described = async (request: IncomingMessage, id: string) => {
    const form = { Action: 'DescribeManagedPrefixLists', Version: API_VERSION, 'PrefixListId.1': id };
    const answer = await moto(request, new URLSearchParams(form));
    const maxEntries = Number(elementOf(answer.text, 'maxEntries'));
    const known = lists.get(id) ?? { maxEntries, state: 'create-complete', message: '', next: COMPLETE, polls: 0 };
    lists.set(id, known);
    return { answer, known, version: elementOf(answer.text, 'version') };
  };

  const describe = async (request: IncomingMessage, form: URLSearchParams): Promise<Answer> => {
    const { answer, known } = await described(request, form.get('PrefixListId.1') ?? '');
    if (known.polls > 0) known.polls -= 1;
    else if (known.state.endsWith('-in-progress')) Object.assign(known, known.next);
    return { ...answer, text: shown(answer.text, known) };
  };

  const entries = async (request: IncomingMessage, form: URLSearchParams): Promise<Answer> => {
    const answer = await moto(request, form);
    const all = itemsOf(answer.text);
    const from = Number(form.get('NextToken') ?? 0);
    const to = from + PAGE_SIZE;
    const more = to < all.length ? `<nextToken>${to}</nextToken>` : '';
    const page = `<entrySet>${all.slice(from, to).join('')}</entrySet>${more}`;
    return { ...answer, text: answer.text.replace(/<entrySet>.*<\/entrySet>|<entrySet\s*\/>/s, page) };
  };

  const modify = async (request: IncomingMessage, form: URLSearchParams): Promise<Answer> => {
    const { answer, known, version } = await described(request, form.get('PrefixListId') ?? '');
    const modification = modificationIn(form);
    const held = await moto(request, entriesForm(form));
    const fault = faultOf(modification, form.get('CurrentVersion'), version, known, itemsOf(held.text).length);
    if (fault !== undefined) {
      proxy.refused.push(fault);
      return { status: 400, text: errorText(fault) };
    }
    proxy.taken.push(modification);
    const { maxEntries = known.maxEntries } = modification;
    const fits = maxEntries <= proxy.sizeLimit;
    if (fits) known.maxEntries = maxEntries;
    const next = fits ? COMPLETE : { state: 'modify-failed', message: `The size ${maxEntries} is too large for sg-0` };
    Object.assign(known, { state: 'modify-in-progress', message: '', next, polls: POLLS_UNTIL_COMPLETE });
    const done = modification.maxEntries === undefined ? await moto(request, form) : answer;
    const text = done.text.replaceAll('DescribeManagedPrefixListsResponse', 'ModifyManagedPrefixListResponse');
    return { ...done, text: shown(text, known) };
  };

  const answerTo = async (request: IncomingMessage): Promise<Answer | undefined> => {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const action = form.get('Action');
    if (action === 'DescribeManagedPrefixLists') return describe(request, form);
    if (action === 'GetManagedPrefixListEntries') return entries(request, form);
    if (action !== 'ModifyManagedPrefixList') return moto(request, form);
    if (proxy.cutAfter <= 0) return undefined;
    proxy.cutAfter -= 1;
    const second = proxy.beforeModification;
    proxy.beforeModification = undefined;
    await second?.();
    // One after the other: what a modification was checked against still holds when moto makes it.
    const modified = lastModification.then(() => modify(request, form));
    lastModification = modified.catch(() => undefined);
    return modified;
  };

  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await answerTo(request);
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.text);
  };
  const server = createServer((request, response) => {
    // A fault of the proxy is a cut connection to its client, whose test fails by it.
    void relay(request, response).catch(() => response.destroy());
  });
  const proxy: Ec2RulesProxy = {
    ...(await listenOnLoopback(server, 0)),
    taken: [],
    refused: [],
    sizeLimit: 1_000,
    beforeModification: undefined,
    cutAfter: Number.POSITIVE_INFINITY,
  };
  return proxy;
}

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const API_VERSION = '2016-11-15';
const COMPLETE = { state: 'modify-complete', message: '' };

function modificationIn(form: URLSearchParams): TakenModification {
  const count = (kind: string) =>
    [...form.keys()].filter((key) => new RegExp(`^${kind}\\.\\d+\\.Cidr$`).test(key)).length;
  const maxEntries = form.get('MaxEntries');
  return {
    added: count('AddEntry'),
    removed: count('RemoveEntry'),
    maxEntries: maxEntries === null ? undefined : Number(maxEntries),
  };
}

/** The code of the first rule that a modification breaks. */
function faultOf(
  { added, removed, maxEntries }: TakenModification,
  currentVersion: string | null,
  version: string | undefined,
  known: ListState,
  held: number,
): string | undefined {
  const changesEntries = added + removed > 0;
  if (added + removed > MODIFICATION_SIZE) return 'InvalidParameterValue';
  if (changesEntries && maxEntries !== undefined) return 'InvalidParameterCombination';
  if (known.state.endsWith('-in-progress')) return 'IncorrectState';
  if (changesEntries && currentVersion !== version) return 'PrefixListVersionMismatch';
  if (held + added - removed > known.maxEntries) return 'PrefixListMaxEntriesExceeded';
  return undefined;
}

function entriesForm(form: URLSearchParams): URLSearchParams {
  const id = form.get('PrefixListId') ?? '';
  return new URLSearchParams({ Action: 'GetManagedPrefixListEntries', Version: API_VERSION, PrefixListId: id });
}

function shown(text: string, { maxEntries, state, message }: ListState): string {
  return text
    .replace(/<maxEntries>.*?<\/maxEntries>/, `<maxEntries>${maxEntries}</maxEntries>`)
    .replace(/<state>.*?<\/state>/, `<state>${state}</state><stateMessage>${message}</stateMessage>`);
}

function elementOf(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1];
}

function itemsOf(text: string): readonly string[] {
  return text.match(/<item>.*?<\/item>/gs) ?? [];
}

function errorText(code: string): string {
  const error = `<Error><Code>${code}</Code><Message>The request breaks a rule of EC2</Message></Error>`;
  return `<Response><Errors>${error}</Errors><RequestID>0</RequestID></Response>`;
}
