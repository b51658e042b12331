import { type Api, invariant } from '@harrow/protocol'

/** One request on a connection. `context` is the owner's: it comes back with the answer, untouched. */
export interface InFlightRequest<C> {
  readonly api: Api
  readonly version: number
  readonly correlationId: number
  readonly context: C
  readonly sentMs: number
  readonly deadlineMs: number
  /** Produce with acks 0 is over when it is written. */
  readonly expectsResponse: boolean
}

/**
 * The unanswered requests of one connection, in the order sent: a broker answers in that order. All have the same
 * timeout, so the first is also the first to time out.
 */
export class InFlightRequests<C> {
  private readonly requests: InFlightRequest<C>[] = []
  /** Time that the broker made us wait, which must not count against requests that waited with us. */
  private extendedMs = 0

  get count(): number {
    return this.requests.length
  }

  get first(): InFlightRequest<C> | undefined {
    return this.requests[0]
  }

  get all(): readonly InFlightRequest<C>[] {
    return this.requests
  }

  add(request: InFlightRequest<C>): void {
    const last = this.requests.at(-1)
    invariant(last === undefined || last.sentMs <= request.sentMs, 'requests are sent in the order of time')
    this.requests.push(request)
  }

  takeFirst(): InFlightRequest<C> | undefined {
    return this.requests.shift()
  }

  /** Those that are over once their bytes are gone. They may stand behind requests that still wait for an answer. */
  takeWritten(): InFlightRequest<C>[] {
    const written = this.requests.filter((request) => !request.expectsResponse)
    if (written.length > 0) {
      this.requests.splice(0, this.requests.length, ...this.requests.filter((request) => request.expectsResponse))
    }
    return written
  }

  takeAll(): InFlightRequest<C>[] {
    this.extendedMs = 0
    return this.requests.splice(0)
  }

  extend(ms: number): void {
    if (this.requests.length > 0) this.extendedMs += ms
  }

  /** When the connection must be given up for want of an answer. */
  get deadlineMs(): number {
    const first = this.requests[0]
    if (first === undefined) this.extendedMs = 0
    return first === undefined ? Number.POSITIVE_INFINITY : first.deadlineMs + this.extendedMs
  }
}
