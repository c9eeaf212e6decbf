/** What `npm start -- --help` prints. */
export const START_HELP = `The whole gateway on this machine: both functions, their table, secrets and schedule.

Usage: npm start -- [flags]

  --port PORT            where to listen on 127.0.0.1; 0 takes a free one (default 8787; with --check a free one)
  --upstream URL         a server that speaks WeChat's protocol, instead of the simulator; several hosts are tried in
                         their order: https://api.weixin.qq.com,https://api2.weixin.qq.com. Plain http: loopback only.
                         Needs --app-id and --app-secret-env
  --app-id APPID         the account (default: a simulated one)
  --app-secret-env NAME  the variable that holds the account's app secret
  --caller-key-env NAME  the variable that holds the caller key to use: one that an earlier run has shown
                         (default: a new key, shown once and stored nowhere)
  --data DIR             keep table and secrets in DIR, made with mode 0700 (default: in memory). A later run with DIR goes on
                         with the same account and token, and keys that earlier runs have shown work again
  --check                walk through the main job, print every step, and end
  --json                 stdout: first one line {"url","appId","callerKey","upstream"}, then the functions' log and metric
                         lines as they come, and with --check one line per step; everything else goes to stderr
  --help                 this text

Exit codes: 0 stopped by Ctrl-C or SIGTERM, or every check passed; 1 could not start, or a check failed or was interrupted;
2 a flag is wrong. A second Ctrl-C ends at once (130).

Examples:
  npm start
  npm start -- --check
  npm -s start -- --json --port 0
  APP_SECRET=... npm start -- --upstream https://api.weixin.qq.com --app-id wx0123456789abcdef --app-secret-env APP_SECRET
  CALLER_KEY=wxg_... npm start -- --data .local --caller-key-env CALLER_KEY
`;
