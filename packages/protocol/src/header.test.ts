import { expect, test } from 'vitest'
import { hex } from '../test/hex.ts'
import { apis } from './apis/index.ts'
import { decodeRequestHeader, writeResponseHeader } from './header.ts'
import { decodeResponse } from './message.ts'
import { DecodeError } from './wire/reader.ts'
import { Writer } from './wire/writer.ts'

function responseHeaderBytes(api: (typeof apis)[keyof typeof apis], version: number): number {
  const writer = new Writer()
  writeResponseHeader(writer, api, version, 1)
  return writer.length
}

test('header: a flexible response has tagged fields in its header, ApiVersions never', () => {
  expect(responseHeaderBytes(apis.Produce, 8)).toBe(4)
  expect(responseHeaderBytes(apis.Produce, 9)).toBe(5)
  for (const version of [0, 1, 2, 3, 4]) expect(responseHeaderBytes(apis.ApiVersions, version)).toBe(4)
})

test('header: only ApiVersions has that exception', () => {
  const plain = Object.values(apis).filter((api) => api.hasPlainResponseHeader)
  expect(plain.map((api) => api.name)).toEqual(['ApiVersions'])
})

test('header: tagged fields of request header 2 are skipped', () => {
  const header = decodeRequestHeader(hex('0000 0009 00000001 0001 61 01 05 02 aabb'))
  expect(header).toEqual({ apiKey: 0, apiVersion: 9, correlationId: 1, clientId: 'a', bodyOffset: 16 })
})

test('header: an API that is not described has a header all the same', () => {
  const header = decodeRequestHeader(hex('7fff 0003 00000001 ffff 00'))
  expect(header).toEqual({ apiKey: 0x7fff, apiVersion: 3, correlationId: 1, clientId: null, bodyOffset: 10 })
})

test('header: ApiVersions of a version yet to come has header 2, so that it can be refused politely', () => {
  expect(decodeRequestHeader(hex('0012 0063 00000001 ffff 00')).bodyOffset).toBe(11)
})

test('header: a short one names the field that is missing', () => {
  const whole = hex('0000 0009 00000001 0001 61 00')
  const fields = [0, 2, 4, 8, 10, 11].map((length) => {
    try {
      decodeRequestHeader(whole.subarray(0, length))
      return 'whole'
    } catch (error) {
      return error instanceof DecodeError ? error.field : String(error)
    }
  })
  expect(fields).toEqual([
    'header.apiKey',
    'header.apiVersion',
    'header.correlationId',
    'header.clientId',
    'header.clientId',
    'header.taggedFields',
  ])
})

test('header: a short response header names the field that is missing', () => {
  expect(() => decodeResponse(apis.Produce, 9, hex('0000'))).toThrow(/^header\.correlationId: /)
  expect(() => decodeResponse(apis.Produce, 9, hex('00000001'))).toThrow(/^header\.taggedFields: /)
})
