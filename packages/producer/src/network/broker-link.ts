import { FrameReader } from '@harrow/protocol'
import type { Address, CloseReason, Link, Transport } from '@harrow/runtime'

export interface BrokerLinkOptions {
  /** Answers larger than this are an attack or a mix-up, not an answer. */
  readonly responseBytesMax: number
  /** Asks for a turn: something happened. */
  readonly wake: () => void
}

/** One attempt to be connected: the link, and what it told since it was last asked. Its events only store and wake. */
export class BrokerLink {
  private readonly link: Link
  private readonly reader: FrameReader
  private readonly arrived: Uint8Array[] = []
  /** Open, and nobody has taken note yet. */
  private hasOpened = false
  private isFull = false
  private closedBy: CloseReason | undefined

  constructor(transport: Transport, address: Address, { responseBytesMax, wake }: BrokerLinkOptions) {
    this.reader = new FrameReader({ frameBytesMax: responseBytesMax })
    this.link = transport.connect(address, {
      onOpen: () => {
        this.hasOpened = true
        wake()
      },
      onBytes: (bytes) => {
        this.arrived.push(bytes)
        wake()
      },
      onDrain: () => {
        this.isFull = false
        wake()
      },
      onClose: (why) => {
        this.closedBy = why
        wake()
      },
    })
  }

  /** Its queue is full: it has not taken all of the last request. */
  get isWriteBlocked(): boolean {
    return this.isFull
  }

  /** Why the other side, or the way to it, ended it. */
  get closedBecause(): string | undefined {
    return this.closedBy?.message
  }

  /** True once: it has opened since this was last asked. */
  takeOpened(): boolean {
    const { hasOpened } = this
    this.hasOpened = false
    return hasOpened
  }

  /** Complete answers that have arrived. Throws FrameError for bytes that cannot be one. */
  *takeFrames(): Generator<Uint8Array> {
    for (const chunk of this.arrived.splice(0)) yield* this.reader.push(chunk)
  }

  /** One frame. False: it takes no more until it has written this. */
  write(parts: readonly Uint8Array[]): boolean {
    const isTaken = this.link.writeParts(parts)
    if (!isTaken) this.isFull = true
    return isTaken
  }

  close(how: 'fin' | 'reset'): void {
    this.link.close(how)
  }
}
