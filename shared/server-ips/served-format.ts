import type { ListVersion } from './list-state.ts';
import { allRanges } from './ranges.ts';
import type { ServerIpList } from './server-ip-list.ts';

/** The forms in which a list is served. */
export const SERVED_FORMATS = ['json', 'text', 'nginx'] as const;

/** One of {@link SERVED_FORMATS}. */
export type ServedFormat = (typeof SERVED_FORMATS)[number];

/** A list in one form: the same version always gives the same bytes. */
export interface ServedList {
  readonly contentType: string;
  readonly body: string;
}

/**
 * `json`: list, version, since when, and the ranges of both families; `text`: one CIDR range per line; `nginx`: `allow` lines and `deny all`
 * (https://nginx.org/en/docs/http/ngx_http_access_module.html), to be included where the callbacks arrive.
 */
export function servedList(list: ServerIpList, applied: ListVersion, format: ServedFormat): ServedList {
  const { version, at, ranges } = applied;
  const lines = allRanges(ranges);
  switch (format) {
    case 'json': {
      const { v4, v6 } = ranges;
      const document = { list, version, changedAt: new Date(at).toISOString(), v4, v6 };
      return { contentType: 'application/json', body: JSON.stringify(document) };
    }
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', body: lines.map((line) => `${line}\n`).join('') };
    case 'nginx': {
      const heading = `# WeChat ${list} IPs, version ${version}\n`;
      const allowed = lines.map((line) => `allow ${line};\n`).join('');
      return { contentType: 'text/plain; charset=utf-8', body: `${heading}${allowed}deny all;\n` };
    }
  }
}
