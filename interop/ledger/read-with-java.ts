import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { JavaKafkaClients } from '../clients/java-kafka-clients.ts'
import type { Ledger } from './ledger.ts'

/** Java's consumer reads a topic to its end, and the ledger must balance. */
export async function readWithJava(
  java: JavaKafkaClients,
  from: { readonly bootstrapServers: string; readonly topic: string },
  ledger: Ledger,
): Promise<void> {
  const { program, args } = java.command(['numbers', from.bootstrapServers, from.topic, String(ledger.records)])
  const reader = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 })
  const ended = once(reader, 'close')
  for await (const chunk of reader.stdout) ledger.read(chunk as Uint8Array)
  const [exitCode] = await ended
  if (exitCode !== 0) throw new Error(`the Java consumer ended with ${exitCode}`)
  ledger.mustBalance()
}
