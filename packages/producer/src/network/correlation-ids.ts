import { invariant } from '@harrow/protocol'

/** From here to the end of int32 ids are reserved: Java keeps them for SASL (SaslClientAuthenticator). */
export const correlationIdMax = 2_147_483_639

/** Numbers requests, over all connections of a client, so that a trace can be read without knowing the connection. */
export class CorrelationIds {
  private next: number

  /** `first`: from 0 to `correlationIdMax`. */
  constructor(first = 0) {
    invariant(first >= 0 && first <= correlationIdMax, `correlation ids do not start at ${first}`)
    this.next = first
  }

  /** Starts over at 0 after the last one: a wrong id is noticed as long as two in flight differ. */
  take(): number {
    const id = this.next
    this.next = id === correlationIdMax ? 0 : id + 1
    return id
  }
}
