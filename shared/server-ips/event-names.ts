/** A change event's `source` and `detail-type`: rules find it by them, and the function's role may put no other source. */
export const EVENT = { source: 'wechat-gateway', detailType: 'Server IPs changed' } as const;
