import { type Api, encodeRequest, FrameReader, type RequestInput } from '@harrow/protocol'
import type { Clock, Link, Peer, Runtime } from '@harrow/runtime'
import { nodeRuntime } from '@harrow/runtime/node'

export type Answer = { readonly kind: 'frame'; readonly frame: Uint8Array } | { readonly kind: 'closed' }

/** A bare connection to a broker: frames out, frames in. It knows nothing of what a client should do. */
export class BrokerConnection implements AsyncDisposable {
  readonly clock: Clock
  private readonly link: Link
  private readonly frameReader = new FrameReader({ frameBytesMax: 100 * 1024 * 1024 })
  private readonly received: Uint8Array[] = []
  private readonly waiting: ((answer: Answer) => void)[] = []
  private closed = false
  private nextCorrelationId = 1

  private constructor(runtime: Runtime, host: string, port: number, opened: (why?: Error) => void) {
    this.clock = runtime.clock
    const peer: Peer = {
      onOpen: () => opened(),
      onBytes: (bytes) => {
        for (const frame of this.frameReader.push(bytes)) this.take(frame)
      },
      onDrain: () => {},
      // A reset is a close like another.
      onClose: ({ message }) => {
        this.closed = true
        opened(new Error(message))
        for (const resolve of this.waiting.splice(0)) resolve({ kind: 'closed' })
      },
    }
    this.link = runtime.transport.connect({ host, port }, peer)
  }

  /** Over TCP, unless the broker lives in another world. */
  static open(host: string, port: number, runtime: Runtime = nodeRuntime()): Promise<BrokerConnection> {
    return new Promise((resolve, reject) => {
      const connection = new BrokerConnection(runtime, host, port, (why) => {
        if (why === undefined) resolve(connection)
        else reject(why)
      })
    })
  }

  /** Writes these bytes as they are: a frame has its length prefix already. */
  send(bytes: Uint8Array): void {
    this.link.write(bytes)
  }

  /** The next frame (without its length prefix), or that the broker closed the connection. Throws after `timeoutMs`. */
  receive(timeoutMs = 15_000): Promise<Answer> {
    const frame = this.received.shift()
    if (frame !== undefined) return Promise.resolve({ kind: 'frame', frame })
    if (this.closed) return Promise.resolve({ kind: 'closed' })
    return new Promise((resolve, reject) => {
      const give = (answer: Answer) => {
        cancel()
        resolve(answer)
      }
      const cancel = this.clock.wakeAt(this.clock.nowMs() + timeoutMs, () => {
        this.waiting.splice(this.waiting.indexOf(give), 1)
        reject(new Error(`no answer within ${timeoutMs} ms`))
      })
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

  /** Lets so much of the broker's time pass. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.wakeAt(this.clock.nowMs() + ms, resolve)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true
    this.link.close()
  }

  private take(frame: Uint8Array): void {
    const resolve = this.waiting.shift()
    if (resolve === undefined) this.received.push(frame)
    else resolve({ kind: 'frame', frame })
  }
}
