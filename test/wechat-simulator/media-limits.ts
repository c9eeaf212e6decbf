const MEGABYTE = 1024 * 1024;

/** The largest file of each media type, in bytes (doc/service/api/material/temporary/). */
export const MEDIA_LIMITS: ReadonlyMap<string, number> = new Map([
  ['image', 10 * MEGABYTE],
  ['voice', 2 * MEGABYTE],
  ['video', 10 * MEGABYTE],
  ['thumb', 64 * 1024],
]);
