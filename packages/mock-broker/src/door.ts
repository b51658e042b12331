import type { Address, ListenEvents, Listener, Peer, Transport } from '@harrow/runtime'

/** Where a broker listens. It can be shut and opened again while the connections that came through it live on. */
export class Door {
  private readonly transport: Transport
  private listener: Listener | undefined
  /** Listeners whose connections have not all ended: until then a platform keeps them. */
  private readonly closing = new Set<Listener>()
  private whenGone: (() => void) | undefined

  constructor(transport: Transport) {
    this.transport = transport
  }

  get isOpen(): boolean {
    return this.listener !== undefined
  }

  open(at: Address, accept: () => Peer, events: ListenEvents): void {
    this.listener = this.transport.listen(at, accept, {
      onListening: events.onListening,
      onError: (error) => {
        this.listener = undefined
        events.onError(error)
      },
    })
  }

  /** Nobody comes in any more. */
  shut(): void {
    const { listener } = this
    if (listener === undefined) return
    this.listener = undefined
    this.closing.add(listener)
    listener.close(() => {
      this.closing.delete(listener)
      if (this.closing.size === 0) this.whenGone?.()
    })
  }

  /** Shuts it for good; `gone` when the address is free and every connection that came through has ended. */
  close(gone: () => void): void {
    this.shut()
    const whenGone = (): void => {
      this.whenGone = undefined
      gone()
    }
    this.whenGone = whenGone
    if (this.closing.size === 0) whenGone()
  }
}
