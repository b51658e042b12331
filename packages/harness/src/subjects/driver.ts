import { Console } from 'node:console'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { clientPackage } from './client-package.ts'
import { subjects } from './index.ts'
import { type DriverLine, type HarnessLine, protocolVersion } from './protocol.ts'
import type { ForeignFailure, ForeignProducerHandle, SubjectDefinition } from './subject.ts'

/**
 * The Node side of `docs/exec-protocol.md`, for the subjects of this folder and for modules: `driver <name or file>
 * <folder whose node_modules has the client>`.
 */
async function main(what: string, from: string): Promise<void> {
  const write = process.stdout.write.bind(process.stdout)
  const say = (line: DriverLine): void => void write(`${JSON.stringify(line)}\n`)
  // Standard output is the protocol's: whatever a client prints goes where it does no harm.
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write
  globalThis.console = new Console(process.stderr)

  const subject = await definitionOf(what)
  const client = subject.packageName === undefined ? undefined : clientPackage(subject.packageName, from)
  const library: unknown = client === undefined ? undefined : await client.load()
  const { name, settings, can = [] } = subject
  const version = subject.version ?? client?.version ?? ''
  say({ type: 'hello', protocol: protocolVersion, name, version, settings: { ...settings }, can: [...can] })

  let opening: Promise<ForeignProducerHandle> | undefined
  const sends = new Set<Promise<void>>()
  const describe = (error: unknown): ForeignFailure => subject.describeError?.(error) ?? described(error)
  const settled = (
    id: number,
    sending: Promise<{ partition?: number; offset?: unknown; timestamp?: number }>,
  ): Promise<void> =>
    sending.then(
      ({ partition, offset, timestamp }) =>
        say({
          type: 'ack',
          id,
          ...(partition === undefined ? {} : { partition }),
          ...(offset === undefined || offset === null ? {} : { offset: String(offset) }),
          ...(timestamp === undefined ? {} : { timestamp: Number(timestamp) }),
        }),
      (error: unknown) => {
        const { error: code, message, certainty } = describe(error)
        say({ type: 'fail', id, error: code, message, ...(certainty === undefined ? {} : { certainty }) })
      },
    )
  const done = async (id: number, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
      say({ type: 'done', id })
    } catch (error) {
      say({ type: 'done', id, error: describe(error).message })
    }
  }
  /** A client without a flush of its own, and one whose `close` does not wait: their users wait for their sends. */
  const openSends = (): Promise<unknown> => Promise.all(sends)

  for await (const text of createInterface({ input: process.stdin })) {
    const line = JSON.parse(text) as HarnessLine
    if (line.type === 'start') {
      const { bootstrapServers, config } = line
      const refused = Object.entries(config).flatMap(([key, value]) => {
        const why = subject.cannotSet?.(key, value)
        return why === undefined ? [] : [[key, why] as const]
      })
      if (refused.length === 0) opening = Promise.resolve(subject.open({ bootstrapServers, config, library }))
      await opening
      say({ type: 'ready', cannot: Object.fromEntries(refused) })
      continue
    }
    const producer = await opening!
    if (line.type === 'send') {
      const { topic, partition, key, headers } = line
      const sending = settled(
        line.id,
        Promise.resolve(
          producer.send({
            topic,
            partition: partition ?? undefined,
            key,
            value: Buffer.from(line.value, 'base64'),
            headers: Object.keys(headers).length === 0 ? undefined : headers,
          }) as Promise<object>,
        ),
      )
      sends.add(sending)
      void sending.finally(() => sends.delete(sending))
    } else if (line.type === 'flush') {
      void done(line.id, async () => {
        const before = openSends()
        await producer.flush?.()
        await before
      })
    } else {
      void done(line.id, async () => {
        if (producer.flush === undefined) await within(line.timeoutMs, openSends())
        await producer.close(line.timeoutMs ?? undefined)
      })
    }
  }
  // The harness closed the input: nothing that is still open matters to anybody.
  process.exit(0)
}

async function definitionOf(what: string): Promise<SubjectDefinition> {
  const known = Object.hasOwn(subjects, what) ? subjects[what] : undefined
  if (known !== undefined) return (await known.load()) as SubjectDefinition
  const loaded = (await import(pathToFileURL(what).href)) as {
    default?: SubjectDefinition & { default?: SubjectDefinition }
  }
  // A CommonJS module compiled from `export default` has it one deeper.
  const definition = loaded.default?.default ?? loaded.default
  if (
    typeof definition?.open !== 'function' ||
    typeof definition.name !== 'string' ||
    typeof definition.settings !== 'object'
  )
    throw new TypeError(
      `${what}: its default export is no subject; write export default defineSubject({ name, settings, open })`,
    )
  return definition
}

function within(ms: number | null, work: Promise<unknown>): Promise<unknown> {
  if (ms === null) return work
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, ms))])
}

function described(error: unknown): ForeignFailure {
  const { code, name, message = String(error) } = (error ?? {}) as { code?: unknown; name?: string; message?: string }
  return { error: typeof code === 'string' ? code : (name ?? 'UNKNOWN'), message }
}

const [, , what = '', from = '.'] = process.argv
main(what, from).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
