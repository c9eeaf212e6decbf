import * as v from 'valibot';

const text = v.optional(v.string());

/** A failed refresh as `refresh-access-token` tells operators of it. */
export const refreshFailure = v.object({
  class: v.picklist(['unavailable', 'quota', 'rejected']),
  cause: v.string(),
  errcode: v.optional(v.number()),
  rid: text,
  egressAddress: text,
  secretVersion: text,
});
