/** The parts of `call-wechat-api` that a test's calls must never need, each of which fails as the test says. */
export function unreachableParts(unreachable: () => Promise<never>) {
  return {
    roles: { callerIdOf: unreachable },
    tokens: { glance: unreachable },
    serverIps: { glance: unreachable },
    markers: { claim: unreachable },
    appSecretCaller: { call: unreachable },
    clearQuotaAllowances: { take: unreachable, giveBack: unreachable, left: unreachable },
    tickets: {
      read: unreachable,
      glance: unreachable,
      acquire: unreachable,
      prolong: unreachable,
      commit: unreachable,
      fail: unreachable,
      release: unreachable,
    },
    ticketReader: { get: unreachable, reread: unreachable, learn: () => undefined },
    onTicketFailure: () => undefined,
    onClearNotNoted: () => undefined,
    invoker: { invoke: unreachable },
    onInvokeError: () => undefined,
  };
}
