import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './refusal.ts';

/** One request as an endpoint sees it. */
export interface Call {
  /** Epoch milliseconds on the simulator's clock. */
  at: number;
  method: string;
  /** Path and query exactly as sent. */
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The client's address; an IPv4 address is written as such. */
  remoteAddress: string;
  /** WeChat's request id, `a-b-c` in hex; it appears in every error. */
  rid: string;
}

/** Fields of a JSON object whose values nobody has looked at yet. */
export type JsonObject = Record<string, unknown>;

/** The body as a JSON object. Throws 44002 when empty and 47001 when it is anything but a JSON object. */
export function jsonBody(call: Call): JsonObject {
  if (call.body.length === 0) throw new Refusal(44002);
  const parsed = tryJson(call.body);
  if (!parsed) throw new Refusal(47001);
  return parsed;
}

/** The bytes as a JSON object, or undefined. */
export function tryJson(body: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Not JSON is an answer here; the caller decides what it means.
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string field, or undefined when it is absent, empty or of another type. */
export function text(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
