/** How long DNS, connecting and the TLS handshake with WeChat may take together, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 2_000;
