import type { ClusterCore, CoreFaultHandle } from '../../cluster-core.ts'
import type { CoreBroker } from '../../core-broker.ts'
import { parseFaultRule } from '../../faults/rule.ts'
import { decodedPart } from '../address.ts'
import type { Reply } from '../route.ts'
import { type Toxic, toxicRule } from './toxics.ts'

/** The version whose API this is. */
const version = '2.12.0'

/**
 * Toxiproxy's HTTP API, so that its clients, which many languages have, work as they are: every broker appears as a proxy
 * named `broker-<id>`, a disabled one is a killed broker, and toxics are fault rules. What toxiproxy can and this cannot
 * is answered with an error that says so; never accepted and ignored.
 */
export class ToxiproxyApi {
  private readonly cluster: ClusterCore
  private readonly toxics = new Map<number, { readonly toxic: Toxic; readonly handle: CoreFaultHandle }>()

  constructor(cluster: ClusterCore) {
    this.cluster = cluster
  }

  /** False if it is not one of toxiproxy's addresses. */
  take(method: string, path: string, body: () => unknown, reply: Reply): boolean {
    const [root = '', name, toxicsWord, toxicName, ...rest] = path.slice(1).split('/').map(decodedPart)
    if (rest.length > 0 || (toxicsWord !== undefined && toxicsWord !== 'toxics')) return false
    const at = `${method === 'PATCH' ? 'POST' : method} ${root}`
    if (name === undefined) {
      if (at === 'GET version') reply({ status: 200, json: { version } })
      else if (at === 'GET proxies') reply({ status: 200, json: this.proxies() })
      else if (at === 'POST proxies') this.create(body(), reply)
      else if (at === 'POST populate') this.populate(body(), reply)
      else if (at === 'POST reset') this.reset(reply)
      else return false
      return true
    }
    if (root !== 'proxies') return false
    const broker = this.brokerNamed(name)
    if (broker === undefined) fail(reply, 404, 'proxy not found')
    else if (toxicsWord === undefined) this.onProxy(at, broker, body, reply)
    else if (toxicName === undefined) this.onToxics(at, broker, body, reply)
    else this.onToxic(at, broker, toxicName, body, reply)
    return true
  }

  private onProxy(at: string, broker: CoreBroker, body: () => unknown, reply: Reply): void {
    if (at === 'GET proxies') reply({ status: 200, json: this.proxy(broker) })
    else if (at === 'POST proxies') {
      this.setEnabled(broker, enabledOf(body()), (error) => {
        if (error === undefined) reply({ status: 200, json: this.proxy(broker) })
        else fail(reply, 500, error.message)
      })
    } else fail(reply, 400, 'a proxy here is a broker of the cluster and cannot be deleted')
  }

  private onToxics(at: string, broker: CoreBroker, body: () => unknown, reply: Reply): void {
    const present = this.toxicOf(broker.id)
    if (at === 'GET proxies') reply({ status: 200, json: present === undefined ? [] : [present.toxic] })
    else if (at !== 'POST proxies') fail(reply, 405, 'method not allowed')
    else if (present !== undefined) {
      const { name } = present.toxic
      // Toxiproxy stacks toxics; of fault rules only the first that fits acts.
      fail(reply, 409, `only one toxic at a time is played on a proxy; take "${name}" out first`)
    } else this.put(broker, toxicRule(body(), broker.id), reply)
  }

  private onToxic(at: string, broker: CoreBroker, name: string, body: () => unknown, reply: Reply): void {
    const present = this.toxicOf(broker.id)
    if (present?.toxic.name !== name) fail(reply, 404, 'toxic not found')
    else if (at === 'GET proxies') reply({ status: 200, json: present.toxic })
    else if (at === 'POST proxies') this.put(broker, toxicRule(body(), broker.id, present.toxic), reply)
    else {
      this.takeOut(broker.id)
      reply({ status: 204, type: 'application/json', content: '' })
    }
  }

  private put(broker: CoreBroker, read: ReturnType<typeof toxicRule>, reply: Reply): void {
    if ('problem' in read) {
      fail(reply, 400, read.problem)
      return
    }
    const parsed = parseFaultRule(read.rule)
    if ('issues' in parsed) {
      const problems = parsed.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      fail(reply, 400, `${read.toxic.type} is not played: ${problems.join('; ')}`)
      return
    }
    this.takeOut(broker.id)
    this.toxics.set(broker.id, { toxic: read.toxic, handle: this.cluster.fault(parsed.rule) })
    reply({ status: 200, json: read.toxic })
  }

  private create(body: unknown, reply: Reply): void {
    const { name } = (body ?? {}) as { name?: unknown }
    if (this.brokerNamed(String(name)) !== undefined) fail(reply, 409, 'proxy already exists')
    else fail(reply, 400, 'proxies here are the brokers of the cluster and cannot be created')
  }

  /** Takes what names a broker; where it listens is not changed. */
  private populate(body: unknown, reply: Reply): void {
    const wanted = Array.isArray(body) ? (body as { name?: unknown; enabled?: unknown }[]) : []
    const brokers = wanted.map(({ name }) => this.brokerNamed(String(name)))
    const unknown = wanted.find((_, index) => brokers[index] === undefined)
    if (unknown !== undefined || !Array.isArray(body)) {
      fail(reply, 400, `proxies here are the brokers of the cluster; there is no ${String(unknown?.name)}`)
      return
    }
    const found = brokers.filter((broker) => broker !== undefined)
    this.inTurn(
      found.map((broker, index) => [broker, wanted[index]?.enabled !== false]),
      (error) => {
        const json = { proxies: found.map((broker) => this.proxy(broker)) }
        if (error === undefined) reply({ status: 201, json })
        else fail(reply, 500, error.message)
      },
    )
  }

  /** Every proxy enabled, every toxic gone. */
  private reset(reply: Reply): void {
    for (const id of [...this.toxics.keys()]) this.takeOut(id)
    this.inTurn(
      this.brokers().map((broker) => [broker, true]),
      (error) => {
        if (error === undefined) reply({ status: 204, type: 'application/json', content: '' })
        else fail(reply, 500, error.message)
      },
    )
  }

  private inTurn(list: readonly (readonly [CoreBroker, boolean])[], done: (error?: Error) => void): void {
    const [first, ...others] = list
    if (first === undefined) {
      done()
      return
    }
    this.setEnabled(first[0], first[1], (error) => (error === undefined ? this.inTurn(others, done) : done(error)))
  }

  private setEnabled(broker: CoreBroker, enabled: boolean | undefined, done: (error?: Error) => void): void {
    if (enabled === undefined || enabled === broker.isRunning) done()
    else if (enabled) broker.start(done)
    else broker.kill(() => done())
  }

  private proxies(): Record<string, unknown> {
    return Object.fromEntries(this.brokers().map((broker) => [nameOf(broker), this.proxy(broker)]))
  }

  private proxy(broker: CoreBroker): unknown {
    const address = `${broker.host}:${broker.port}`
    const toxic = this.toxicOf(broker.id)?.toxic
    return {
      name: nameOf(broker),
      listen: address,
      upstream: address,
      enabled: broker.isRunning,
      toxics: toxic === undefined ? [] : [toxic],
    }
  }

  private brokers(): CoreBroker[] {
    return this.cluster.brokers.map(({ id }) => this.cluster.broker(id))
  }

  private brokerNamed(name: string): CoreBroker | undefined {
    return this.brokers().find((broker) => nameOf(broker) === name)
  }

  /** Its rule may have been taken out elsewhere, by a reset of the cluster for one. */
  private toxicOf(broker: number): { readonly toxic: Toxic } | undefined {
    const present = this.toxics.get(broker)
    if (present !== undefined && this.cluster.faultNamed(present.handle.name) === undefined) this.toxics.delete(broker)
    return this.toxics.get(broker)
  }

  private takeOut(broker: number): void {
    this.toxics.get(broker)?.handle.remove()
    this.toxics.delete(broker)
  }
}

function nameOf({ id }: CoreBroker): string {
  return `broker-${id}`
}

function enabledOf(body: unknown): boolean | undefined {
  const { enabled } = (body ?? {}) as { enabled?: unknown }
  return typeof enabled === 'boolean' ? enabled : undefined
}

/** In toxiproxy's form. */
function fail(reply: Reply, status: number, error: string): void {
  reply({ status, json: { error, status } })
}
