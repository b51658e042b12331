/** Where to connect to or listen at. Port 0 asks for any free port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Why a link ended, seen from the side that did not end it. */
export interface CloseReason {
  readonly kind: /** The other side closed in good order (FIN). Bytes it sent before were delivered. */
    | 'fin'
    /** The other side, or something between, threw the connection away (RST). Bytes in flight are lost. */
    | 'reset'
    /** Nobody listens there. Only before `onOpen`. */
    | 'refused'
    /** The host name does not resolve, or there is no way to it. Only before `onOpen`. */
    | 'unreachable'
  /** For people: what the platform said. */
  readonly message: string
}

/**
 * One direction-pair of FIFO byte pipes: what TCP gives. Bytes of a living link are never lost, reordered or repeated;
 * loss only exists as a dead link.
 */
export interface Link {
  /**
   * Queues bytes for the other side. The link may read `bytes` until they have left, so the caller must not change
   * them afterwards. Returns false when the queue is full: the bytes are taken all the same, and `onDrain` follows.
   * After `close`, or after the other side's `onClose`, a write is silently dropped, as on a socket.
   */
  write(bytes: Uint8Array): boolean
  /** One `write` of all of them, in order, as if they were one array. */
  writeParts(parts: readonly Uint8Array[]): boolean
  /**
   * Ends the link: `fin` (the default) sends what is queued first, `reset` throws it away. From here on this side's
   * peer hears nothing more, not even `onClose`. Allowed before `onOpen`: it gives up the attempt. Idempotent.
   */
  close(how?: 'fin' | 'reset'): void
  /** Stops `onBytes` until `resumeReading`; what arrives meanwhile waits, and in the end the sender feels it. */
  pauseReading(): void
  resumeReading(): void
  /** Where the other side is, for journals and messages. */
  readonly remote: Address
}

/** What a link tells its owner. No call ever happens inside a call of the owner into the link or the transport. */
export interface Peer {
  onOpen(link: Link): void
  /** The bytes belong to the receiver from now on: it may keep them, nobody will change them. */
  onBytes(bytes: Uint8Array): void
  /** The queue that made `write` return false has emptied. */
  onDrain(): void
  /** The last event of a link. Also tells that an attempt to connect failed. */
  onClose(why: CloseReason): void
}

/** A listening address. */
export interface Listener {
  /**
   * Stops listening at once. Accepted links live on: `closed` is called when the address is free and, over TCP, the
   * last of them has ended as well.
   */
  close(closed?: () => void): void
}

export interface ListenEvents {
  /** `bound` has the port that was really taken. */
  onListening(bound: Address): void
  /** The address cannot be listened at: in use, not ours, not allowed. */
  onError(error: Error): void
}

/** Byte streams by address. */
export interface Transport {
  /** Starts connecting; `onOpen` or `onClose` follows. The link may be closed before that, and not written to. */
  connect(to: Address, peer: Peer): Link
  /** Starts listening; each accepted link asks `accept` for its peer and then opens it. */
  listen(at: Address, accept: () => Peer, events: ListenEvents): Listener
}
