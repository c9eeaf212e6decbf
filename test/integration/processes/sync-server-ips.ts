import { handler } from '../../../functions/sync-server-ips/handler.ts';

/** The real Lambda entry, run once. Sends its answer and the most memory that this process ever held, and ends. */
const answer = await handler({}, {} as never);
process.send?.({ answer, maxRssBytes: process.resourceUsage().maxRSS * 1_024 });
process.disconnect();
