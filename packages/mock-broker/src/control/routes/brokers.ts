import type { CoreBroker } from '../../core-broker.ts'
import { brokerParameter, numberOfParameter, type Route } from '../route.ts'
import { schemaOf, wrapped } from '../schemas.ts'

export const brokerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/brokers',
    operationId: 'listBrokers',
    summary: 'Every broker',
    answer: { status: 200, doc: 'By node id.', schema: wrapped('brokers', 'Broker') },
    run({ cluster }, reply) {
      reply({ status: 200, json: { brokers: cluster.brokers.map(({ id }) => brokerJson(cluster.broker(id))) } })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/brokers/{broker}',
    operationId: 'describeBroker',
    summary: 'One broker',
    parameters: [brokerParameter],
    answer: { status: 200, doc: 'The broker.', schema: schemaOf('Broker') },
    run(call, reply) {
      reply({ status: 200, json: brokerJson(call.cluster.broker(numberOfParameter(call, 'broker'))) })
      return undefined
    },
  },
  change('stop', 'Shuts a broker down: connections end in good order', (broker, done) => broker.stop(done)),
  change('kill', 'As if its process was killed: connections are reset', (broker, done) => broker.kill(done)),
  change('start', 'Starts a broker again on the port it had', (broker, done) => broker.start(done)),
]

function change(
  word: string,
  summary: string,
  act: (broker: CoreBroker, done: (error?: Error) => void) => void,
): Route {
  return {
    method: 'POST',
    path: `/v1/brokers/{broker}/${word}`,
    operationId: `${word}Broker`,
    summary,
    parameters: [brokerParameter],
    answer: { status: 200, doc: 'The broker, when it is done.', schema: schemaOf('Broker') },
    run(call, reply) {
      const broker = call.cluster.broker(numberOfParameter(call, 'broker'))
      act(broker, (error) => {
        if (error === undefined) reply({ status: 200, json: brokerJson(broker) })
        else reply({ status: 409, json: { message: error.message } })
      })
      return undefined
    },
  }
}

export function brokerJson({ id, host, port, rack, isRunning, openConnections }: CoreBroker): unknown {
  return { id, host, port, rack, isRunning, openConnections }
}
