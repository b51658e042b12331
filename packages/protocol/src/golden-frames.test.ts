import { expect, test } from 'vitest'
import { hex, toHex } from '../test/hex.ts'
import { apiVersions, fetch, initProducerId, metadata, produce } from './apis/index.ts'
import { decodeRequestHeader } from './header.ts'
import { decodeRequestBody, decodeResponse, encodeRequest, encodeResponse } from './message.ts'

// Written by hand from Kafka's protocol guide, field by field: an encoder and a decoder that share a mistake agree with
// each other, but not with these.

test('golden: ApiVersions v0 request is a header and nothing else', () => {
  const frame = hex('0000000e  0012 0000 00000001 0004 74657374')
  expect(toHex(encodeRequest(apiVersions, 0, { correlationId: 1, clientId: 'test' }, {}))).toBe(toHex(frame))
  expect(decodeRequestHeader(frame.subarray(4))).toEqual({
    apiKey: 18,
    apiVersion: 0,
    correlationId: 1,
    clientId: 'test',
    bodyOffset: 14,
  })
})

test('golden: ApiVersions v3 request has header 2, whose client id is not compact', () => {
  const frame = hex(`0000001d
    0012 0003 00000001 0004 74657374 00
    07 686172726f77  06 302e312e30  00`)
  const body = { clientSoftwareName: 'harrow', clientSoftwareVersion: '0.1.0' }
  expect(toHex(encodeRequest(apiVersions, 3, { correlationId: 1, clientId: 'test' }, body))).toBe(toHex(frame))
  const { bodyOffset } = decodeRequestHeader(frame.subarray(4))
  expect(decodeRequestBody(apiVersions, 3, frame.subarray(4), bodyOffset)).toEqual(body)
})

test('golden: ApiVersions v4 response keeps response header 0, without tagged fields', () => {
  // Tagged field 0 has 20 bytes: one feature, its name of 13 letters, its versions, its own tagged fields.
  const frame = hex(`00000033
    00000001
    0000
    02  0000 0000 000d 00
    00000000
    02
      00 14  02 0e 6b726166742e76657273696f6e 0000 0001 00
      01 08  0000000000000005`)
  const body = {
    errorCode: 0,
    apiKeys: [{ apiKey: 0, minVersion: 0, maxVersion: 13 }],
    throttleTimeMs: 0,
    supportedFeatures: [{ name: 'kraft.version', minVersion: 0, maxVersion: 1 }],
    finalizedFeaturesEpoch: 5n,
  }
  expect(toHex(encodeResponse(apiVersions, 4, 1, body))).toBe(toHex(frame))
  expect(decodeResponse(apiVersions, 4, frame.subarray(4))).toEqual({
    correlationId: 1,
    body: { ...body, finalizedFeatures: [], zkMigrationReady: false },
  })
})

test('golden: Metadata v1 request asks for all topics with a null list', () => {
  const all = hex('0000000e  0003 0001 00000002 ffff  ffffffff')
  const one = hex('00000016  0003 0001 00000002 ffff  00000001 0006 6f7264657273')
  const header = { correlationId: 2, clientId: null }
  expect(toHex(encodeRequest(metadata, 1, header, { topics: null }))).toBe(toHex(all))
  expect(toHex(encodeRequest(metadata, 1, header, { topics: [{ name: 'orders' }] }))).toBe(toHex(one))
})

test('golden: Metadata v1 response', () => {
  const frame = hex(`0000004a
    00000002
    00000001  00000001 0001 68 00002384 ffff
    00000001
    00000001
      0000 0006 6f7264657273 00
      00000001
        0005 00000003 ffffffff
        00000002 00000001 00000002
        00000001 00000001`)
  const body = {
    brokers: [{ nodeId: 1, host: 'h', port: 9092, rack: null }],
    controllerId: 1,
    topics: [
      {
        errorCode: 0,
        name: 'orders',
        isInternal: false,
        partitions: [{ errorCode: 5, partitionIndex: 3, leaderId: -1, replicaNodes: [1, 2], isrNodes: [1] }],
      },
    ],
  }
  expect(toHex(encodeResponse(metadata, 1, 2, body))).toBe(toHex(frame))
  expect(decodeResponse(metadata, 1, frame.subarray(4)).body).toMatchObject(body)
})

test('golden: Produce v3 request is classic', () => {
  const frame = hex(`0000002b
    0000 0003 00000005 0003 617070
    ffff  ffff  000005dc
    00000001  0001 74
      00000001  00000000  00000003 010203`)
  const body = {
    acks: -1,
    timeoutMs: 1500,
    topicData: [{ name: 't', partitionData: [{ index: 0, records: hex('010203') }] }],
  }
  expect(toHex(encodeRequest(produce, 3, { correlationId: 5, clientId: 'app' }, body))).toBe(toHex(frame))
})

test('golden: Produce v9 request is flexible', () => {
  const frame = hex(`00000024
    0000 0009 00000005 0003 617070 00
    00  ffff  000005dc
    02  02 74
      02  00000000  04 010203  00
      00
    00`)
  const body = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1500,
    topicData: [{ name: 't', partitionData: [{ index: 0, records: hex('010203') }] }],
  }
  expect(toHex(encodeRequest(produce, 9, { correlationId: 5, clientId: 'app' }, body))).toBe(toHex(frame))
  const { bodyOffset } = decodeRequestHeader(frame.subarray(4))
  expect(decodeRequestBody(produce, 9, frame.subarray(4), bodyOffset)).toMatchObject(body)
})

test('golden: Produce v10 response names the new leader in tagged fields', () => {
  const frame = hex(`0000004a
    00000005 00
    02  02 74
      02  00000000 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff 01 00
          01  00 09  00000002 00000007 00
      00
    00000000
    01  00 0d  02  00000002 02 68 00002384 00 00`)
  const body = {
    responses: [
      {
        name: 't',
        partitionResponses: [
          { index: 0, errorCode: 6, baseOffset: -1n, currentLeader: { leaderId: 2, leaderEpoch: 7 } },
        ],
      },
    ],
    nodeEndpoints: [{ nodeId: 2, host: 'h', port: 9092 }],
  }
  expect(toHex(encodeResponse(produce, 10, 5, body))).toBe(toHex(frame))
  expect(decodeResponse(produce, 10, frame.subarray(4)).body).toMatchObject(body)
})

test('golden: Produce v13 names topics by the 16 bytes of their id', () => {
  const frame = hex(`00000026
    0000 000d 00000005 ffff 00
    00  0001  000005dc
    02  000102030405060708090a0b0c0d0e0f  01  00
    00`)
  const body = { acks: 1, timeoutMs: 1500, topicData: [{ topicId: 'AAECAwQFBgcICQoLDA0ODw', partitionData: [] }] }
  expect(toHex(encodeRequest(produce, 13, { correlationId: 5, clientId: null }, body))).toBe(toHex(frame))
})

test('golden: InitProducerId v5, request and response', () => {
  const request = hex('0000001c  0016 0005 00000003 0001 63 00  00 0000ea60 ffffffffffffffff ffff 00')
  const response = hex('00000016  00000003 00  00000000 0000 00000000000003e8 0000 00')
  expect(
    toHex(
      encodeRequest(
        initProducerId,
        5,
        { correlationId: 3, clientId: 'c' },
        { transactionalId: null, transactionTimeoutMs: 60_000 },
      ),
    ),
  ).toBe(toHex(request))
  const body = { throttleTimeMs: 0, errorCode: 0, producerId: 1000n, producerEpoch: 0 }
  expect(toHex(encodeResponse(initProducerId, 5, 3, body))).toBe(toHex(response))
})

test('golden: Fetch v4 response', () => {
  const frame = hex(`00000043
    00000009
    00000000
    00000001  0001 74
      00000001
        00000000 0000 0000000000000002 0000000000000002
        00000001  000000000000002a 0000000000000001
        00000002 abcd`)
  const body = {
    throttleTimeMs: 0,
    responses: [
      {
        topic: 't',
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 0,
            highWatermark: 2n,
            lastStableOffset: 2n,
            abortedTransactions: [{ producerId: 42n, firstOffset: 1n }],
            records: hex('abcd'),
          },
        ],
      },
    ],
  }
  expect(toHex(encodeResponse(fetch, 4, 9, body))).toBe(toHex(frame))
})
