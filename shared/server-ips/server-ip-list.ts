/**
 * WeChat's two lists of its own addresses: `callback`, those that call us (getcallbackip), and `api-domain`, those that we call
 * (get_api_domain_ip). Both are the platform's, the same for every account (doc/service/api/base/api_getcallbackip).
 */
export const SERVER_IP_LISTS = ['callback', 'api-domain'] as const;

/** One of {@link SERVER_IP_LISTS}. */
export type ServerIpList = (typeof SERVER_IP_LISTS)[number];

/** Whether a text names a list. */
export function isServerIpList(text: unknown): text is ServerIpList {
  return SERVER_IP_LISTS.some((list) => list === text);
}
