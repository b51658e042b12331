import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Api, encodeRequest, FrameReader, type RequestInput } from '@harrow/protocol'

export type Answer = { readonly kind: 'frame'; readonly frame: Uint8Array } | { readonly kind: 'closed' }

/** A bare connection to a broker: frames out, frames in. It knows nothing of what a client should do. */
export class BrokerConnection implements AsyncDisposable {
  private readonly socket: Socket
  private readonly frameReader = new FrameReader({ frameBytesMax: 100 * 1024 * 1024 })
  private readonly received: Uint8Array[] = []
  private readonly waiting: ((answer: Answer) => void)[] = []
  private closed = false
  private nextCorrelationId = 1

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      for (const frame of this.frameReader.push(chunk)) this.take(frame)
    })
    // A reset is a close like another; `close` follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      for (const resolve of this.waiting.splice(0)) resolve({ kind: 'closed' })
    })
  }

  static async open(host: string, port: number): Promise<BrokerConnection> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    return new BrokerConnection(socket)
  }

  /** Writes these bytes as they are: a frame has its length prefix already. */
  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The next frame (without its length prefix), or that the broker closed the connection. Throws after `timeoutMs`. */
  receive(timeoutMs = 15_000): Promise<Answer> {
    const frame = this.received.shift()
    if (frame !== undefined) return Promise.resolve({ kind: 'frame', frame })
    if (this.closed) return Promise.resolve({ kind: 'closed' })
    return new Promise((resolve, reject) => {
      const give = (answer: Answer) => {
        clearTimeout(timer)
        resolve(answer)
      }
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(give), 1)
        reject(new Error(`no answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.waiting.push(give)
    })
  }

  /** One request and the frame of its answer. Throws when the broker closes instead. */
  async request<A extends Api>(api: A, version: number, body: RequestInput<A>): Promise<Uint8Array> {
    const correlationId = this.nextCorrelationId++
    this.send(encodeRequest(api, version, { correlationId, clientId: 'harrow-interop' }, body))
    const answer = await this.receive()
    if (answer.kind === 'closed') throw new Error(`the broker closed the connection on ${api.name} v${version}`)
    return answer.frame
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return
    const closed = once(this.socket, 'close')
    this.socket.destroy()
    await closed
  }

  private take(frame: Uint8Array): void {
    const resolve = this.waiting.shift()
    if (resolve === undefined) this.received.push(frame)
    else resolve({ kind: 'frame', frame })
  }
}
