import { produce } from '@harrow/protocol'
import { expect, test } from 'vitest'
import { compareMessages } from './described-message.ts'
import { parseVersions, withoutComments } from './kafka-definition.ts'
import { kafkaForm } from './kafka-form.ts'
import { ourForm } from './our-form.ts'

const definition = {
  apiKey: 0,
  name: 'ProduceRequest',
  validVersions: '3-13',
  flexibleVersions: '9+',
  fields: [
    { name: 'TransactionalId', type: 'string', versions: '3+', nullableVersions: '3+', default: 'null' },
    { name: 'Acks', type: 'int16', versions: '0+' },
    { name: 'TimeoutMs', type: 'int32', versions: '0+' },
    {
      name: 'TopicData',
      type: '[]TopicProduceData',
      versions: '0+',
      fields: [
        { name: 'Name', type: 'string', versions: '0-12', ignorable: true },
        { name: 'TopicId', type: 'uuid', versions: '13+', ignorable: true },
        {
          name: 'PartitionData',
          type: '[]PartitionProduceData',
          versions: '0+',
          fields: [
            { name: 'Index', type: 'int32', versions: '0+' },
            { name: 'Records', type: 'records', versions: '0+', nullableVersions: '0+' },
          ],
        },
      ],
    },
  ],
}

test('schemas: a description that says what Kafka says has no differences at any version', () => {
  for (let version = 3; version <= 13; version++) {
    const found = compareMessages(ourForm(produce, 'request', version), kafkaForm(definition, version), 'everything')
    expect(found).toEqual([])
  }
})

test('schemas: a changed type, default, nullability, version, order or flexibility is found', () => {
  const changed = (change: (copy: typeof definition) => void, version = 9) => {
    const copy = structuredClone(definition)
    change(copy)
    return compareMessages(ourForm(produce, 'request', version), kafkaForm(copy, version), 'everything')
  }
  expect(changed((copy) => Object.assign(copy.fields[1]!, { type: 'int8' }))).toEqual([
    'acks: type is int16, Kafka: int8',
  ])
  expect(changed((copy) => Object.assign(copy.fields[0]!, { default: '' }))).toEqual([
    'transactionalId: default is null, Kafka: ',
  ])
  expect(changed((copy) => Object.assign(copy.fields[0]!, { nullableVersions: '10+' }))).toEqual([
    'transactionalId: isNullable is true, Kafka: false',
  ])
  expect(changed((copy) => Object.assign(copy.fields[2]!, { versions: '10+' }))).toEqual([
    'timeoutMs: place is undefined, Kafka: absent',
  ])
  expect(changed((copy) => copy.fields.reverse())[0]).toMatch(/^order is/)
  expect(changed((copy) => Object.assign(copy, { flexibleVersions: '10+' }))).toEqual(['is flexible, Kafka: false'])
  expect(changed((copy) => Object.assign(copy.fields[1]!, { name: 'Ack' }))).toEqual([
    'acks: Kafka has no such field',
    'ack: not described by us',
  ])
  expect(changed((copy) => Object.assign(copy.fields[1]!, { ignorable: true }))).toEqual([
    'acks: isIgnorable is false, Kafka: true',
  ])
})

test('schemas: a comment in a definition goes, two slashes in a string stay', () => {
  expect(JSON.parse(withoutComments('// head\n{ "about": "see http://x", // tail\n "a": 1 }'))).toEqual({
    about: 'see http://x',
    a: 1,
  })
})

test('schemas: version ranges are read as Kafka writes them', () => {
  expect(parseVersions('3-13')).toEqual({ min: 3, max: 13 })
  expect(parseVersions('9+')).toEqual({ min: 9, max: Number.POSITIVE_INFINITY })
  expect(parseVersions('4')).toEqual({ min: 4, max: 4 })
  expect(parseVersions('none').max).toBe(Number.NEGATIVE_INFINITY)
})
