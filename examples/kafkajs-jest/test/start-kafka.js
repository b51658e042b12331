const { kafkaGlobalSetup } = require('@harrow/harness/global-setup')

module.exports = kafkaGlobalSetup({ env: 'KAFKA_BROKERS', cluster: { brokers: 3, topics: { orders: 1 } } })
