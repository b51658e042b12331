const { producer } = require('./kafka')

/** Publishes what the database transaction left in the outbox. What fails stays, for the next round. */
async function publishPending(rows) {
  for (const row of rows.filter(({ isPublished }) => !isPublished)) {
    try {
      await producer.send({ topic: 'orders', acks: -1, messages: [{ key: row.id, value: row.payload }] })
    } catch (error) {
      // The rows behind it must not overtake it.
      return { stoppedAt: row.id, error }
    }
    row.isPublished = true
  }
  return {}
}

module.exports = { publishPending }
