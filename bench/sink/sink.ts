/**
 * A broker that discards: it answers ApiVersions, Metadata, InitProducerId and Produce, and looks at no record. A process
 * of its own; prints where it listens as one line of JSON, and the records it was sent when its input ends.
 *
 *   node sink.mjs <brokers> <partitions>
 */
import { createServer, type Socket } from 'node:net'
import {
  type Api,
  apiVersions,
  decodeRequestBody,
  decodeRequestHeader,
  encodeResponse,
  FrameReader,
  initProducerId,
  metadata,
  produce,
} from '@harrow/protocol'
import { answerProduce } from './produce-answer.ts'

const [brokers = 3, partitions = 6] = process.argv.slice(2).map(Number)
const served: readonly { readonly api: Api; readonly min: number; readonly max: number }[] = [
  // From 0 in the list, because librdkafka looks for it (KAFKA-18659); 3 to 12 come.
  { api: produce, min: 0, max: 12 },
  { api: metadata, min: 0, max: 12 },
  { api: apiVersions, min: 0, max: 3 },
  { api: initProducerId, min: 0, max: 4 },
]
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
let records = 0
const ports: number[] = []

for (let node = 0; node < brokers; node++) {
  const server = createServer({ noDelay: true }, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) ports.push(address.port)
}
process.stdout.write(`${JSON.stringify({ bootstrap: ports.map((port) => `127.0.0.1:${port}`).join(',') })}\n`)
process.stdin.resume()
process.stdin.on('end', () => {
  process.stdout.write(`${JSON.stringify({ records })}\n`, () => process.exit())
})

function serve(socket: Socket): void {
  const reader = new FrameReader({ frameBytesMax: 100 * 2 ** 20 })
  socket.on('error', () => {})
  socket.on('data', (chunk: Uint8Array) => {
    socket.cork()
    for (const frame of reader.push(chunk)) {
      const answer = answerTo(frame)
      if (answer !== undefined) socket.write(answer)
    }
    socket.uncork()
  })
}

function answerTo(frame: Uint8Array): Uint8Array | undefined {
  const key = (frame[0]! << 8) | frame[1]!
  if (key === produce.key) {
    const done = answerProduce(frame)
    records += done.records
    return done.answer
  }
  const { apiVersion: version, correlationId, bodyOffset } = decodeRequestHeader(frame)
  switch (key) {
    case apiVersions.key: {
      const apiKeys = served.map(({ api, min, max }) => ({ apiKey: api.key, minVersion: min, maxVersion: max }))
      const known = version <= 3
      const body = { errorCode: known ? 0 : 35, apiKeys, throttleTimeMs: 0 }
      return encodeResponse(apiVersions, known ? version : 0, correlationId, body)
    }
    case metadata.key: {
      const { topics } = decodeRequestBody(metadata, version, frame, bodyOffset)
      return encodeResponse(metadata, version, correlationId, {
        throttleTimeMs: 0,
        brokers: ports.map((port, nodeId) => ({ nodeId, host: '127.0.0.1', port })),
        controllerId: 0,
        topics: (topics ?? [{ name: 'bench' }]).map(({ name }) => ({ ...topic, name: name ?? 'bench' })),
        errorCode: 0,
      })
    }
    case initProducerId.key:
      return encodeResponse(initProducerId, version, correlationId, {
        throttleTimeMs: 0,
        errorCode: 0,
        producerId: 1n,
        producerEpoch: 0,
      })
    default:
      throw new Error(`API ${key} is not answered by a sink`)
  }
}

const topic = {
  errorCode: 0,
  topicId,
  isInternal: false,
  partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
    errorCode: 0,
    partitionIndex,
    leaderId: partitionIndex % brokers,
    leaderEpoch: 0,
    replicaNodes: [partitionIndex % brokers],
    isrNodes: [partitionIndex % brokers],
    offlineReplicas: [],
  })),
}
