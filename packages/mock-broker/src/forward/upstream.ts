import {
  type Api,
  DecodeError,
  decodeResponse,
  encodeRequest,
  FrameReader,
  metadata,
  type RequestInput,
} from '@harrow/protocol'
import type { Link, Transport } from '@harrow/runtime'
import type { Call, Outcome } from '../handlers/handler.ts'

/** A broker of somebody else's cluster. */
export interface UpstreamBroker {
  readonly id: number
  readonly host: string
  readonly port: number
}

/** An answer, or undefined when the connection ended before one came. */
type Answered = (frame: Uint8Array | undefined) => void

/** Java: `socket.request.max.bytes`. */
const frameBytesMax = 100 * 1024 * 1024

/**
 * The cluster behind the brokers of this one: each connection of a client has one of its own there, so what a real
 * broker remembers of a connection is that client's.
 */
export class Upstream {
  private readonly transport: Transport
  private readonly brokers: readonly UpstreamBroker[]
  private readonly links = new Map<number, UpstreamLink>()
  /** By id, from the Metadata answers that went through: clients know ids from there, too. */
  private readonly names = new Map<string, string>()

  constructor(transport: Transport, brokers: readonly UpstreamBroker[]) {
    this.transport = transport
    this.brokers = brokers
  }

  topicName(id: string): string | undefined {
    return this.names.get(id)
  }

  /** Hands the request on; the outcome is what came back. A broker that hangs up ends the client's connection, too. */
  ask<A extends Api>(api: A, body: RequestInput<A>, call: Call, settle: (outcome: Outcome<A>) => void): void {
    this.linkOf(call).send(this.frame(api, body, call), (frame) => {
      if (frame === undefined) {
        settle({ do: 'close', because: `broker ${call.node.id} of the cluster behind hung up`, applied: false })
        return
      }
      try {
        const answer = decodeResponse(api, call.version, frame).body
        if ((api as Api) === metadata) this.learn(answer as never)
        settle({ do: 'answer', body: reachable(answer, call) as never, applied: true })
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        settle({ do: 'close', because: `${api.name} v${call.version} from behind: ${error.message}`, applied: true })
      }
    })
  }

  /** The same for a request that has no answer. */
  tell<A extends Api>(api: A, body: RequestInput<A>, call: Call): void {
    this.linkOf(call).send(this.frame(api, body, call), undefined)
  }

  /** A client's connection has ended. What it asked for is still done: a broker does not take back what it has read. */
  clientGone(connection: number): void {
    this.links.get(connection)?.closeWhenAnswered()
  }

  close(): void {
    for (const link of [...this.links.values()]) link.close()
  }

  private frame<A extends Api>(api: A, body: RequestInput<A>, call: Call): Uint8Array {
    // Answers come in the order of the requests, and clients have one request under way here: any number will do.
    return encodeRequest(api, call.version, { correlationId: 0, clientId: call.clientId }, body)
  }

  private linkOf({ connection, node }: Call): UpstreamLink {
    const known = this.links.get(connection)
    if (known !== undefined) return known
    const broker = this.brokers.find(({ id }) => id === node.id)
    if (broker === undefined) throw new RangeError(`no broker ${node.id} in the cluster behind`)
    const link = new UpstreamLink(this.transport, broker, () => this.links.delete(connection))
    this.links.set(connection, link)
    return link
  }

  private learn({
    topics,
  }: {
    readonly topics: readonly { readonly topicId: string; readonly name: string | null }[]
  }) {
    for (const { topicId, name } of topics) if (name !== null) this.names.set(topicId, name)
  }
}

/** Brokers are told to clients under the addresses that they have here; one that is not here is not told. */
function reachable(answer: object, call: Call): object {
  const { cluster } = call
  const here = (list: readonly object[]): object[] =>
    list.flatMap((entry) => {
      const { nodeId, brokerId = nodeId } = entry as { readonly nodeId?: number; readonly brokerId?: number }
      const node = cluster.nodes.find(({ id }) => id === brokerId)
      return node === undefined ? [] : [{ ...entry, host: node.host, port: node.port }]
    })
  const { brokers, nodeEndpoints, coordinators } = answer as {
    readonly brokers?: readonly object[]
    readonly nodeEndpoints?: readonly object[]
    readonly coordinators?: readonly object[]
  }
  return {
    ...coordinatorHere(answer, call),
    ...(coordinators === undefined ? {} : { coordinators: coordinators.map((one) => coordinatorHere(one, call)) }),
    ...(brokers === undefined ? {} : { brokers: here(brokers) }),
    ...(nodeEndpoints === undefined ? {} : { nodeEndpoints: here(nodeEndpoints) }),
  }
}

/** A coordinator has an address here as well, if the answer names one. */
function coordinatorHere(answer: object, { cluster }: Call): object {
  const { nodeId, host } = answer as { readonly nodeId?: number; readonly host?: string }
  const node = host === undefined ? undefined : cluster.nodes.find(({ id }) => id === nodeId)
  return node === undefined ? answer : { ...answer, host: node.host, port: node.port }
}

/** One connection: requests out, answers in, in order. */
class UpstreamLink {
  private readonly link: Link
  private readonly reader = new FrameReader({ frameBytesMax })
  private readonly waiting: Answered[] = []
  /** Nothing may be written before it is open. */
  private unsent: Uint8Array[] | undefined = []
  private isLast = false
  private readonly onGone: () => void

  constructor(transport: Transport, at: { readonly host: string; readonly port: number }, onGone: () => void) {
    this.onGone = onGone
    this.link = transport.connect(at, {
      onOpen: (link) => {
        for (const frame of this.unsent ?? []) link.write(frame)
        this.unsent = undefined
      },
      onBytes: (bytes) => {
        for (const frame of this.reader.push(bytes)) this.answered(frame)
      },
      onDrain: () => {},
      onClose: () => this.gone(),
    })
  }

  send(frame: Uint8Array, answered: Answered | undefined): void {
    if (answered !== undefined) this.waiting.push(answered)
    if (this.unsent === undefined) this.link.write(frame)
    else this.unsent.push(frame)
  }

  close(): void {
    this.link.close()
    this.gone()
  }

  closeWhenAnswered(): void {
    this.isLast = true
    if (this.waiting.length === 0) this.close()
  }

  private answered(frame: Uint8Array): void {
    this.waiting.shift()?.(frame)
    if (this.isLast && this.waiting.length === 0) this.close()
  }

  private gone(): void {
    this.onGone()
    for (const answered of this.waiting.splice(0)) answered(undefined)
  }
}
