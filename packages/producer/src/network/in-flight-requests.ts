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

/** The unanswered requests of one connection, in the order sent: a broker answers in that order. */
export class InFlightRequests<C> {
  private readonly requests: InFlightRequest<C>[] = []

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
    return this.requests.splice(0)
  }

  /** Time that the broker makes us wait must not count against requests that wait with us. Later ones are not meant. */
  extend(ms: number): void {
    for (const [at, request] of this.requests.entries()) {
      this.requests[at] = { ...request, deadlineMs: request.deadlineMs + ms }
    }
  }

  /** The first of those that are out of time. */
  overdueAt(nowMs: number): InFlightRequest<C> | undefined {
    return this.requests.find(({ deadlineMs }) => nowMs >= deadlineMs)
  }

  /** When the connection must be given up for want of an answer. */
  get deadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY
    // Not simply the first: an extended one may come before one that is not.
    for (const { deadlineMs } of this.requests) earliest = Math.min(earliest, deadlineMs)
    return earliest
  }
}
