import { createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import type { Address, CloseReason, Link, ListenEvents, Listener, Peer, Transport } from '../transport.ts'

/** What may wait to be taken by the kernel before `write` says so. The 16 KiB of a socket are less than one batch. */
const queueBytes = 256 * 1024

/** The option is that of every stream; its types do not know. */
const socketOptions = { writableHighWaterMark: queueBytes } as SocketConstructorOpts

/** What is read at a time. Answers to a producer are a few hundred bytes; more comes in more pieces. */
const readBytes = 16 * 1024

/** Transport over TCP. `noDelay` is on: a producer batches by itself, and Nagle would only add delayed-ack stalls. */
export const tcpTransport: Transport = {
  connect(to: Address, peer: Peer): Link {
    // HOT: for each read of a socket without it, Node takes 64 KiB and gives most of them back.
    const onread = {
      buffer: new Uint8Array(readBytes),
      callback(bytesRead: number, buffer: Uint8Array): boolean {
        // A copy, and a Buffer as from a socket that reads without this.
        link.arrived(Buffer.from(buffer.subarray(0, bytesRead)))
        return true
      },
    }
    const socket = new Socket({ ...socketOptions, onread } as SocketConstructorOpts)
    const link = new TcpLink(socket, to)
    link.attach(peer)
    socket.once('connect', () => link.opened())
    socket.connect({ host: to.host, port: to.port, noDelay: true })
    return link
  },

  listen(at: Address, accept: () => Peer, events: ListenEvents): Listener {
    const server = createServer({ noDelay: true, highWaterMark: queueBytes }, (socket) => {
      const link = new TcpLink(socket, { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 })
      link.attach(accept())
      socket.on('data', (bytes: Uint8Array) => {
        // HOT: what is written because of these bytes leaves in one system call.
        socket.cork()
        link.arrived(bytes)
        socket.uncork()
      })
      link.opened()
    })
    server.once('error', (error) => events.onError(error))
    server.listen({ host: at.host, port: at.port }, () => events.onListening(boundAddress(server, at)))
    return { close: (closed) => void server.close(() => closed?.()) }
  },
}

class TcpLink implements Link {
  readonly remote: Address
  private readonly socket: Socket
  private peer: Peer | undefined
  private failure: NodeJS.ErrnoException | undefined

  constructor(socket: Socket, remote: Address) {
    this.socket = socket
    this.remote = remote
  }

  attach(peer: Peer): void {
    this.peer = peer
    this.socket.on('drain', () => this.peer?.onDrain())
    this.socket.on('error', (error) => {
      this.failure = error
    })
    this.socket.on('close', () => {
      const owner = this.peer
      this.peer = undefined
      owner?.onClose(closeReason(this.failure))
    })
  }

  opened(): void {
    this.peer?.onOpen(this)
  }

  arrived(bytes: Uint8Array): void {
    this.peer?.onBytes(bytes)
  }

  write(bytes: Uint8Array): boolean {
    if (this.socket.destroyed || this.socket.writableEnded) return true
    return this.socket.write(bytes)
  }

  writeParts(parts: readonly Uint8Array[]): boolean {
    const { socket } = this
    if (parts.length === 1) return this.write(parts[0]!)
    if (socket.destroyed || socket.writableEnded) return true
    // Uncorking is one `writev`.
    socket.cork()
    let hasRoom = true
    for (const part of parts) hasRoom = socket.write(part)
    socket.uncork()
    return hasRoom
  }

  close(how: 'fin' | 'reset' = 'fin'): void {
    this.peer = undefined
    if (this.socket.destroyed) return
    if (how === 'reset') {
      // What was written before has left, as it would have without a cork.
      while (this.socket.writableCorked > 0) this.socket.uncork()
      this.socket.resetAndDestroy()
    } else if (this.socket.connecting) this.socket.destroy()
    // `end` sends what is queued; `destroySoon` then frees the descriptor without waiting for the other side's FIN.
    else this.socket.destroySoon()
  }

  pauseReading(): void {
    this.socket.pause()
  }

  resumeReading(): void {
    this.socket.resume()
  }
}

function closeReason(error: NodeJS.ErrnoException | undefined): CloseReason {
  if (error === undefined) return { kind: 'fin', message: 'closed by the other side' }
  return { kind: closeKinds[error.code ?? ''] ?? 'reset', message: error.message }
}

const closeKinds: Readonly<Record<string, CloseReason['kind']>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
}

function boundAddress(server: Server, asked: Address): Address {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error(`not a TCP address: ${String(bound)}`)
  // The name that was asked for, not the number it resolved to: clients are told this address.
  return { host: asked.host, port: bound.port }
}
