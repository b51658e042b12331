import { assertDelivered } from '../../delivery/delivery-error.ts'
import type { JournalQuery } from '../../journal.ts'
import { given, numberOfParameter, queryNumber, queryText, type Route } from '../route.ts'
import { object, schemaOf } from '../schemas.ts'
import { messageOf } from './faults.ts'
import { contentJson, recordJson } from './topics.ts'

/** Looking inside: the journal, the delivery oracle, exports. */
export const observationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/requests',
    operationId: 'listRequests',
    summary: 'Every request of every client, decoded, in the order of arrival',
    parameters: [
      queryText('api', "Kafka's name, such as Produce."),
      queryText('topic', 'Only requests that name it.'),
      queryNumber('partition', 'Only requests that name it.'),
      queryNumber('broker', 'Node id.'),
      queryText('clientId', 'Client id.'),
      queryNumber('connection', 'Ordinal of the connection.'),
      queryNumber('version', 'Version of the API.'),
      queryText('fault', 'Only requests on which this rule acted.'),
      queryNumber('after', 'Only requests behind the one with this id.', 0),
      queryNumber('limit', 'At most so many.', 1000),
      {
        key: 'bodies',
        in: 'query',
        type: { is: 'one-of', values: ['true', 'false'] },
        doc: 'Whether to show what was asked and answered.',
        default: 'true',
      },
    ],
    answer: {
      status: 200,
      doc: 'With `count` requests that fit in all. 409 if the journal had to drop its oldest entries.',
      schema: object({
        count: { type: 'integer' },
        requests: { type: 'array', items: schemaOf('Request') },
      }),
    },
    run(call, reply) {
      const names = ['api', 'topic', 'partition', 'broker', 'clientId', 'connection', 'version', 'fault'] as const
      const query: JournalQuery = given(call, names)
      const after = numberOfParameter(call, 'after')
      const { bodies } = given(call, ['bodies'])
      const found = call.cluster.requests.filter(query).filter(({ id }) => id > after)
      const requests = found.slice(0, numberOfParameter(call, 'limit')).map((entry) => ({
        id: entry.id,
        broker: entry.broker,
        connection: entry.connection,
        clientId: entry.clientId,
        softwareName: entry.softwareName,
        softwareVersion: entry.softwareVersion,
        api: entry.api,
        version: entry.version,
        correlationId: entry.correlationId,
        receivedAtMs: entry.receivedAtMs,
        answeredAtMs: entry.answeredAtMs,
        applied: entry.applied,
        fault: entry.fault,
        batches: entry.batches,
        bytes: entry.bytes,
        ...(bodies === 'false' ? {} : { body: entry.body, answer: entry.answer }),
      }))
      reply({ status: 200, json: { count: found.length, requests } })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/delivery',
    operationId: 'judgeDelivery',
    summary: 'What became of every record that clients sent: acknowledged, present, lost, duplicated, reordered',
    parameters: [
      queryText('topic', 'Only records of this topic.'),
      queryNumber('partition', 'Only records of this partition.'),
      queryText('clientId', 'Only records of this client.'),
      queryText('status', 'Only records with this status; the counts are of all.'),
      queryNumber('limit', 'At most so many records.', 1000),
    ],
    answer: { status: 200, doc: 'The report.', schema: schemaOf('Delivery') },
    run(call, reply) {
      const report = call.cluster.delivery(given(call, ['topic', 'partition', 'clientId']))
      const problem = messageOf(() => assertDelivered(report))
      const { status } = given(call, ['status'])
      const limit = numberOfParameter(call, 'limit')
      const records = report.records.filter((record) => status === undefined || record.status === status)
      const json = {
        isGood: problem === undefined,
        problem,
        counts: report.counts,
        records: records.slice(0, limit).map((record) => ({ ...record, ...contentJson(record) })),
        phantoms: report.phantoms.slice(0, limit).map(recordJson),
        unreadable: report.unreadable.slice(0, limit),
      }
      reply({ status: 200, json })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/export/run.pcapng',
    operationId: 'exportPcapng',
    summary: 'The traffic so far, for Wireshark',
    answer: { status: 200, doc: 'A pcapng file.', type: 'application/vnd.tcpdump.pcap' },
    run({ cluster }, reply) {
      reply({ status: 200, type: 'application/vnd.tcpdump.pcap', content: cluster.exportPcapng() })
      return undefined
    },
  },
  {
    method: 'GET',
    path: '/v1/export/run.jsonl',
    operationId: 'exportJsonLines',
    summary: 'The run so far: the cluster, then every event, requests and answers with their bodies',
    answer: { status: 200, doc: 'A JSON document on each line.', type: 'application/jsonl' },
    run({ cluster }, reply) {
      reply({ status: 200, type: 'application/jsonl', content: cluster.exportJsonLines() })
      return undefined
    },
  },
]
