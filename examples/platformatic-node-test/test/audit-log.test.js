import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectReceivedInOrder, expectStored } from '@harrow/harness/testing'
import { MockCluster } from '@harrow/mock-broker'
import { AuditLog } from '../src/audit-log.js'
import { AuditLogWithBug } from '../src/audit-log-with-bug.js'

/** SIGTERM comes just when a broker has refused the record and it waits for its retry. */
async function stopDuringAHiccup(Log) {
  const cluster = await MockCluster.start({ topics: { audit: 1 } })
  const hiccup = cluster.fault({
    name: 'a replica is away',
    on: { api: 'Produce', topic: 'audit', nth: 1 },
    do: { error: 'NOT_ENOUGH_REPLICAS' },
  })
  const log = new Log(cluster.bootstrapServers.split(','))
  log.record('ada', 'deleted invoice 7')
  await hiccup.hit()
  await log.stop()
  cluster.assertFaultsConsumed()
  return cluster
}

test('what was recorded before the stop is in the log after it', async (t) => {
  const cluster = await stopDuringAHiccup(AuditLog)
  t.after(() => cluster.stop())
  await expectStored(cluster, 'audit', 1)
  await expectReceivedInOrder(cluster, 'audit', [{ key: 'ada', value: 'deleted invoice 7' }])
})

test('a log that does not wait loses the record, and the assertion says so', async (t) => {
  const cluster = await stopDuringAHiccup(AuditLogWithBug)
  t.after(() => cluster.stop())
  await assert.rejects(expectStored(cluster, 'audit', 1), {
    name: 'AssertionError',
    message: 'topic audit has 0 records, wanted: 1\nreceived: nothing',
  })
})
