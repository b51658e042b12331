import { expect, test } from 'vitest'
import { bootstrapNodes, Cluster } from './cluster.ts'

const node = { id: 1, host: 'broker-1', port: 9092 }
const cluster = new Cluster({
  clusterId: 'c',
  nodes: new Map([[1, node]]),
  topics: new Map([
    [
      'orders',
      {
        topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        partitions: [
          { leaderId: 1, leaderEpoch: 4 },
          { leaderId: 9, leaderEpoch: 4 },
          undefined,
          { leaderId: 1, leaderEpoch: undefined },
        ],
      },
    ],
  ]),
})

test('cluster: a leader has its address and its epoch, where they are known', () => {
  expect(cluster.leaderOf('orders', 0)).toEqual({ node, leaderEpoch: 4 })
  expect(cluster.leaderOf('orders', 3)).toEqual({ node, leaderEpoch: undefined })
})

test('cluster: no leader without an address, without a partition, or without a topic', () => {
  expect(cluster.leaderOf('orders', 1)).toBeUndefined()
  expect(cluster.leaderOf('orders', 2)).toBeUndefined()
  expect(cluster.leaderOf('orders', 4)).toBeUndefined()
  expect(cluster.leaderOf('other', 0)).toBeUndefined()
})

test('cluster: all partitions are counted, those with a leader are available, and topics are found by id', () => {
  expect(cluster.partitionCount('orders')).toBe(4)
  expect(cluster.availablePartitions('orders')).toEqual([0, 3])
  expect(cluster.availablePartitions('orders')).toEqual([0, 3])
  expect(cluster.availablePartitions('other')).toEqual([])
  expect(cluster.partitionCount('other')).toBeUndefined()
  expect(cluster.topicName('AAAAAAAAAAAAAAAAAAAAAQ')).toBe('orders')
  expect(cluster.topicName('AAAAAAAAAAAAAAAAAAAAAg')).toBeUndefined()
})

test('cluster: bootstrap servers have ids from -1 down, which no broker has', () => {
  const nodes = bootstrapNodes([
    { host: 'a', port: 1 },
    { host: 'b', port: 2 },
  ])
  expect(nodes).toEqual([
    { id: -1, host: 'a', port: 1 },
    { id: -2, host: 'b', port: 2 },
  ])
})
