const { Kafka, logLevel } = require('kafkajs')

// Read when this file is loaded, as in many services: a test that sets it later is too late.
const brokers = process.env.KAFKA_BROKERS.split(',')

const kafka = new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING })

const producer = kafka.producer({ idempotent: true, retry: { retries: 2, initialRetryTime: 20 } })

module.exports = { producer }
