import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MockCluster } from '@harrow/mock-broker'
import { pythonEnvironment } from '../clients/python-environment.ts'
import { type CommandOptions, mustRun, runCommand } from '../command.ts'
import { kafkaClasspath } from '../kafka/classpath.ts'
import { referenceKafka } from '../kafka/versions.ts'
import type { Part } from '../part.ts'
import { Skip } from '../step.ts'

const folder = fileURLToPath(new URL('../../examples/other-languages/', import.meta.url))
const timeoutMs = 240_000

/** The tests that docs/other-languages.md shows, in a process of their own, against one mock cluster. */
export const languagesPart: Part = {
  name: 'languages',
  about: 'tests in Python, Go and Java control a mock cluster over HTTP',
  async run(run) {
    await using cluster = await MockCluster.start({ brokers: 3, topics: { orders: 3 } })
    const { url } = await cluster.serveControl()
    for (const [language, test] of Object.entries(tests)) {
      // Every test resets the cluster and loses one answer: what it leaves behind is the proof that it ran.
      await run.step(`${language}: an order is there once although the answer is lost`, async () => {
        await test({ environment: { HARROW: url }, timeoutMs })
        cluster.assertFaultsConsumed()
        cluster.assertDelivered({ topic: 'orders' })
        const count = cluster.records('orders').length
        if (count !== 1) throw new Error(`${count} records in the log`)
        cluster.reset()
      })
    }
  },
}

const tests: Readonly<Record<string, (options: CommandOptions) => Promise<unknown>>> = {
  async Python(options) {
    const python = await pythonEnvironment('kafka-python-2.2.15', ['kafka-python==2.2.15'])
    await mustRun(python, ['-m', 'unittest', 'orders_test.py'], { ...options, folder: `${folder}python` })
  },
  async Go(options) {
    const args = ['test', '-count=1', '-mod=readonly', './...']
    const result = await runCommand('go', args, { ...options, folder: `${folder}go` })
    if (result === undefined) throw new Skip('no go on this machine')
    if (result.exitCode !== 0) throw new Error(result.stdout + result.stderr)
  },
  async Java(options) {
    const jars = await kafkaClasspath(referenceKafka)
    const said = await mustRun('java', ['-cp', jars.join(delimiter), `${folder}java/OrdersTest.java`], options)
    if (said.trim() !== 'passed') throw new Error(said)
  },
}
