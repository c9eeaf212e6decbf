import type { Socket } from 'node:net';

/** The server's open TCP connections. With `resetIdleAfterMs`, one without a request for so long ends with RST. */
export class Connections {
  readonly #resetIdleAfterMs: number | undefined;
  /** By peer, because below TLS a request's socket is not the TCP socket, and only that one can send RST. */
  readonly #byPeer = new Map<string, Socket>();
  readonly #idleTimers = new Map<string, NodeJS.Timeout>();

  constructor(resetIdleAfterMs: number | undefined) {
    this.#resetIdleAfterMs = resetIdleAfterMs;
  }

  add(tcpSocket: Socket): void {
    const peer = peerOf(tcpSocket);
    this.#byPeer.set(peer, tcpSocket);
    this.idle(tcpSocket);
    tcpSocket.once('close', () => {
      this.#byPeer.delete(peer);
      this.#stopTimer(peer);
    });
  }

  /** A request came: the connection is not idle. */
  busy(socket: Socket): void {
    this.#stopTimer(peerOf(socket));
  }

  /** The answer is out: from now on the connection is idle. */
  idle(socket: Socket): void {
    const peer = peerOf(socket);
    if (this.#resetIdleAfterMs === undefined || !this.#byPeer.has(peer)) return;
    this.#stopTimer(peer);
    this.#idleTimers.set(
      peer,
      setTimeout(() => this.reset(socket), this.#resetIdleAfterMs),
    );
  }

  /** Ends the connection with RST. */
  reset(socket: Socket): void {
    this.#byPeer.get(peerOf(socket))?.resetAndDestroy();
  }

  destroyAll(): void {
    for (const socket of this.#byPeer.values()) socket.destroy();
  }

  #stopTimer(peer: string): void {
    clearTimeout(this.#idleTimers.get(peer));
    this.#idleTimers.delete(peer);
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
