/**
 * The memory of each function, in MiB, by its folder; a function's share of a processor grows with it, up to a whole one at 1,769 MiB
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). docs/performance.md has the measurements.
 */
export const MEMORY_SIZES_MIB = {
  // A call waits for WeChat 100 times as long as it computes, and every MiB is paid for while it waits. 4 MB up and down need a fifth of it.
  'call-wechat-api': 512,
  // The rest runs so seldom that its size does not show in the bill; a third of a processor starts them within half a second.
  'call-with-app-secret': 512,
  'refresh-access-token': 512,
  'send-alarm-notice': 512,
  'sync-quotas': 512,
  'sync-server-ips': 512,
} as const;
