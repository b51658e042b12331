import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Api } from '../api.ts'
import { apiByKey, apis } from './index.ts'

const listed: [string, Api][] = Object.entries(apis)

test('apis: the registry and the folder are equal', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((file) => !file.startsWith('index.') && !file.endsWith('.test.ts'))
    .sort()
  const kebab = (name: string) => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()
  expect(files).toEqual(listed.map(([name]) => `${kebab(name)}.ts`).sort())
})

test('apis: each is listed under its own name and found by its key', () => {
  for (const [name, api] of listed) {
    expect(api.name).toBe(name)
    expect(apiByKey(api.key)).toBe(api)
  }
  expect(new Set(listed.map(([, api]) => api.key)).size).toBe(listed.length)
  expect(apiByKey(9999)).toBeUndefined()
})

test('apis: only Produce is advertised below what is served', () => {
  const odd = listed.filter(([, api]) => api.advertisedMin !== api.versions.min)
  expect(odd.map(([name, api]) => [name, api.advertisedMin])).toEqual([['Produce', 0]])
})

test('apis: the versions are those of a Kafka 4 broker', () => {
  expect(
    Object.fromEntries(listed.map(([name, { key, versions }]) => [name, [key, versions.min, versions.max]])),
  ).toEqual({
    Produce: [0, 3, 13],
    Fetch: [1, 4, 17],
    ListOffsets: [2, 1, 10],
    Metadata: [3, 0, 13],
    OffsetCommit: [8, 2, 10],
    OffsetFetch: [9, 1, 10],
    FindCoordinator: [10, 0, 6],
    JoinGroup: [11, 0, 9],
    Heartbeat: [12, 0, 4],
    LeaveGroup: [13, 0, 5],
    SyncGroup: [14, 0, 5],
    DescribeGroups: [15, 0, 6],
    ListGroups: [16, 0, 5],
    ApiVersions: [18, 0, 4],
    CreateTopics: [19, 2, 7],
    DeleteTopics: [20, 1, 6],
    DeleteRecords: [21, 0, 2],
    InitProducerId: [22, 0, 5],
    OffsetForLeaderEpoch: [23, 2, 4],
    DescribeConfigs: [32, 1, 4],
    AlterConfigs: [33, 0, 2],
    CreatePartitions: [37, 0, 3],
    DeleteGroups: [42, 0, 2],
    IncrementalAlterConfigs: [44, 0, 1],
    OffsetDelete: [47, 0, 0],
    DescribeCluster: [60, 0, 2],
    DescribeProducers: [61, 0, 0],
    DescribeTopicPartitions: [75, 0, 0],
  })
})
