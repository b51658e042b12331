import type { Address, Clock, Link, ListenEvents, Listener, Peer, Runtime, Transport } from '@harrow/runtime'

/**
 * A runtime that counts what its user holds, and hands the user's exceptions to `crashed` instead of letting them
 * end the event loop: one component's mistake is that run's verdict, not the end of the process.
 */
export class MeteredRuntime implements Runtime {
  readonly clock: Clock
  readonly transport: Transport
  readonly random: Runtime['random']
  /** Wake-ups asked for and neither run nor taken back. */
  pendingTimers = 0
  /** Links that neither side has ended. */
  openLinks = 0
  private readonly crashed: (error: unknown) => void

  constructor(runtime: Runtime, crashed: (error: unknown) => void) {
    this.crashed = crashed
    this.random = runtime.random
    this.clock = this.meterClock(runtime.clock)
    this.transport = {
      connect: (to: Address, peer: Peer): Link =>
        this.meterLink((metered) => runtime.transport.connect(to, metered), peer),
      listen: (at: Address, accept: () => Peer, events: ListenEvents): Listener =>
        runtime.transport.listen(at, () => this.guardPeer(accept()), {
          onListening: (bound) => this.guard(() => events.onListening(bound)),
          onError: (error) => this.guard(() => events.onError(error)),
        }),
    }
  }

  private guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.crashed(error)
    }
  }

  private guardPeer(peer: Peer): Peer {
    return {
      onOpen: (link) => this.guard(() => peer.onOpen(link)),
      onBytes: (bytes) => {
        // Without a closure: this is where everything arrives.
        try {
          peer.onBytes(bytes)
        } catch (error) {
          this.crashed(error)
        }
      },
      onDrain: () => this.guard(() => peer.onDrain()),
      onClose: (why) => this.guard(() => peer.onClose(why)),
    }
  }

  private meterClock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      wakeAt: (atMs, wake) => {
        if (atMs === Number.POSITIVE_INFINITY) return () => {}
        let isPending = true
        this.pendingTimers++
        const cancel = clock.wakeAt(atMs, () => {
          if (!isPending) return
          isPending = false
          this.pendingTimers--
          this.guard(wake)
        })
        return () => {
          if (isPending) this.pendingTimers--
          isPending = false
          cancel()
        }
      },
    }
  }

  private meterLink(connect: (peer: Peer) => Link, peer: Peer): Link {
    let open = true
    const settle = (): void => {
      if (open) this.openLinks--
      open = false
    }
    this.openLinks++
    const guarded = this.guardPeer(peer)
    let outer: Link | undefined
    const inner = connect({
      onOpen: () => guarded.onOpen(link()),
      onBytes: (bytes) => guarded.onBytes(bytes),
      onDrain: () => guarded.onDrain(),
      onClose: (why) => {
        settle()
        guarded.onClose(why)
      },
    })
    // Built on first use: `onOpen` may only come after `connect` has returned.
    const link = (): Link => {
      outer ??= {
        remote: inner.remote,
        write: (bytes) => inner.write(bytes),
        writeParts: (parts) => inner.writeParts(parts),
        close: (how) => {
          settle()
          inner.close(how)
        },
        pauseReading: () => inner.pauseReading(),
        resumeReading: () => inner.resumeReading(),
      }
      return outer
    }
    return link()
  }
}
