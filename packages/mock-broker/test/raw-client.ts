import {
  type Api,
  decodeResponse,
  encodeRequest,
  FrameError,
  FrameReader,
  type RequestInput,
  type ResponseOf,
} from '@harrow/protocol'
import type { Address, CloseReason, Link, Peer, Transport } from '@harrow/runtime'

/** An answer as it came: decode it with `body`. */
export interface RawAnswer {
  readonly frame: Uint8Array
  readonly atMs: number
}

/**
 * A client without any opinion: sends what it is told, keeps what comes back. Not a Kafka client; whatever a real one
 * would hide, this one shows.
 */
export class RawClient implements Peer {
  readonly answers: RawAnswer[] = []
  /** Everything that came, as it came. */
  readonly chunks: Uint8Array[] = []
  /** What came is no frame: nothing behind it can be read. */
  isUnreadable = false
  closed: CloseReason['kind'] | undefined
  link: Link
  isOpen = false
  clientId: string | null = 'raw'
  private readonly nowMs: () => number
  private readonly reader = new FrameReader({ frameBytesMax: 2 ** 28 })
  private readonly unsent: Uint8Array[] = []
  private readonly sent = new Map<number, { api: Api; version: number }>()
  private readonly waiting: (() => void)[] = []
  private nextId = 1

  constructor(transport: Transport, to: Address, nowMs: () => number) {
    this.nowMs = nowMs
    this.link = transport.connect(to, this)
  }

  /** Sends a request, and returns its correlation id. */
  send<A extends Api>(api: A, version: number, body: RequestInput<A>): number {
    const correlationId = this.nextId++
    this.sent.set(correlationId, { api, version })
    this.sendBytes(encodeRequest(api, version, { correlationId, clientId: this.clientId }, body))
    return correlationId
  }

  /** Sends any bytes at all. */
  sendBytes(bytes: Uint8Array): void {
    if (this.isOpen) this.link.write(bytes)
    else this.unsent.push(bytes)
  }

  /** The correlation ids that were answered, in the order of the answers. */
  get answeredIds(): number[] {
    return this.answers.map(({ frame }) => new DataView(frame.buffer, frame.byteOffset).getInt32(0))
  }

  /** The answer to a request of this client; undefined if there is none (yet). */
  answer<A extends Api>(api: A, correlationId: number): ResponseOf<A> | undefined {
    const index = this.answeredIds.indexOf(correlationId)
    const found = this.answers[index]
    const version = this.sent.get(correlationId)?.version
    if (found === undefined || version === undefined) return undefined
    return decodeResponse(api, version, found.frame).body
  }

  /** The same over real time. Rejects if the connection ends first. */
  answered<A extends Api>(api: A, correlationId: number): Promise<ResponseOf<A>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const body = this.answer(api, correlationId)
        if (body !== undefined) resolve(body)
        else if (this.closed !== undefined) reject(new Error(`the connection ended: ${this.closed}`))
        else this.waiting.push(look)
      }
      look()
    })
  }

  onOpen(link: Link): void {
    this.isOpen = true
    for (const bytes of this.unsent.splice(0)) link.write(bytes)
  }

  onBytes(bytes: Uint8Array): void {
    this.chunks.push(bytes)
    try {
      for (const frame of this.reader.push(bytes)) this.answers.push({ frame, atMs: this.nowMs() })
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.isUnreadable = true
    }
    for (const look of this.waiting.splice(0)) look()
  }

  onDrain(): void {}

  onClose(why: CloseReason): void {
    this.closed = why.kind
    for (const look of this.waiting.splice(0)) look()
  }
}
