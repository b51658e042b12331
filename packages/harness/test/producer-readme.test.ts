import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MockCluster } from '@harrow/mock-broker'
import { afterAll, expect, test, vi } from 'vitest'

const readme = readFileSync(join(import.meta.dirname, '../../producer/README.md'), 'utf8')
const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, code]) => ({ language, code: code! }))

/** Where the blocks find the packages; nobody else looks into a folder with a dot. */
const folder = join(import.meta.dirname, '.readme-blocks')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a block needs that goes on with the producer of the first one. */
const producerOfBefore = `
import { Producer } from '@harrow/producer'
const producer = new Producer({ 'bootstrap.servers': 'localhost:9092' })
`

test('producer readme: every block of it is a program', () => {
  expect(blocks.map(({ language }) => language)).toEqual(blocks.map(() => 'ts'))
  expect(blocks.length).toBeGreaterThan(10)
})

test.each(blocks.map(({ code }, index) => ({ code, index, first: code.split('\n').at(-2) })))(
  'producer readme: block $index runs ($first)',
  async ({ code, index }) => {
    const output = vi.spyOn(console, 'log').mockImplementation(() => {})
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    await using cluster = await MockCluster.start({ brokers: 2, topics: { orders: { partitions: 3 }, lines: 1 } })
    const isComplete = code.includes('new Producer')
    const program = isComplete ? code : `${producerOfBefore}${code}\nawait producer.close()\n`
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `block-${index}.ts`)
    writeFileSync(file, program.replaceAll('localhost:9092', cluster.bootstrapServers))
    try {
      await import(pathToFileURL(file).href)
      // A block that sends says so in the log of the cluster; each but the one about a record that is too large does.
      const stored = cluster.records('orders').length + cluster.records('lines').length
      if (!code.includes('RecordTooLargeError')) expect(stored).toBeGreaterThan(0)
      expect(errors).not.toHaveBeenCalled()
      for (const [, said] of code.matchAll(/\/\/ ([A-Z_]+ definite \S+ \S+ \S+)$/gm)) {
        expect(output.mock.calls.map((args) => args.map(String).join(' '))).toContain(said)
      }
    } finally {
      output.mockRestore()
      errors.mockRestore()
    }
  },
)
