import { connect, createServer, type Server, type Socket } from 'node:net'
import { apiByKey, decodeRequestHeader, FrameReader, hasVersion } from '@harrow/protocol'

/** One request that passed by, and the answer to it. Both without the length prefix. */
export interface Exchange {
  readonly api: string
  readonly version: number
  readonly request: Uint8Array
  /** Undefined for acks=0, and where the connection ended first. */
  response: Uint8Array | undefined
}

const frameBytesMax = 100 * 1024 * 1024

/**
 * Stands between clients and one broker, passes every byte on unchanged and keeps the frames. The broker has to
 * advertise the proxy's port, so that clients find only the way through it. Responses come in the order of the requests
 * of a connection, except for Produce with acks=0, which has none: hence the match by correlation id.
 */
export class RecordingProxy implements AsyncDisposable {
  readonly exchanges: Exchange[] = []
  /** What could not be read as a frame of ours. The bytes passed all the same. */
  readonly oddities: string[] = []
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.server = server
  }

  static start(listenPort: number, brokerPort: number): Promise<RecordingProxy> {
    return new Promise((resolve, reject) => {
      const server = createServer((client) => proxy.join(client, connect(brokerPort, '127.0.0.1')))
      const proxy = new RecordingProxy(server)
      server.on('error', reject)
      server.listen(listenPort, '127.0.0.1', () => resolve(proxy))
    })
  }

  /** What was recorded since the last call. */
  take(): Exchange[] {
    return this.exchanges.splice(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private join(client: Socket, broker: Socket): void {
    const open = new Map<number, Exchange>()
    this.pass(client, broker, (frame) => this.noteRequest(frame, open))
    this.pass(broker, client, (frame) => this.noteResponse(frame, open))
  }

  private pass(from: Socket, to: Socket, note: (frame: Uint8Array) => void): void {
    const reader = new FrameReader({ frameBytesMax })
    this.sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk) => {
      to.write(chunk)
      for (const frame of reader.push(chunk)) note(frame.slice())
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.sockets.delete(from)
      to.destroy()
    })
  }

  private noteRequest(frame: Uint8Array, open: Map<number, Exchange>): void {
    const view = new DataView(frame.buffer, frame.byteOffset)
    const api = apiByKey(view.getInt16(0))
    const version = view.getInt16(2)
    // Consumer groups and the like, which are not described (yet).
    if (api === undefined || !hasVersion(api, version)) return
    const exchange = { api: api.name, version, request: frame, response: undefined }
    this.exchanges.push(exchange)
    try {
      open.set(decodeRequestHeader(frame).correlationId, exchange)
    } catch (error) {
      this.oddities.push(`${api.name} v${version}: ${String(error)}`)
    }
  }

  private noteResponse(frame: Uint8Array, open: Map<number, Exchange>): void {
    const correlationId = new DataView(frame.buffer, frame.byteOffset).getInt32(0)
    const exchange = open.get(correlationId)
    if (exchange === undefined) return
    open.delete(correlationId)
    exchange.response = frame
  }
}
