import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Link, LinkedList } from './linked-list.ts'

const items = 8
const step = fc.record({
  do: fc.constantFrom('add', 'delete', 'replace'),
  item: fc.nat(items - 1),
  by: fc.nat(items - 1),
})

test('linked list: what a Set holds, in its order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const links = Array.from({ length: items }, (_, item) => new Link(item))
      const list = new LinkedList<number>()
      let plain = new Set<number>()
      for (const { do: what, item, by } of steps) {
        const link = links[item]!
        if (what === 'add') {
          list.add(link)
          plain.add(item)
        } else if (what === 'delete') {
          expect(list.delete(link)).toBe(plain.delete(item))
        } else if (plain.has(item) && !plain.has(by)) {
          list.replace(link, [links[by]!])
          plain = new Set([...plain].map((one) => (one === item ? by : one)))
        }
        expect([...list]).toEqual([...plain])
        expect(list.size).toBe(plain.size)
        expect(links.map((one) => list.has(one))).toEqual(links.map((_, one) => plain.has(one)))
      }
    }),
  )
})

test('linked list: what has left refers to nothing that is still there', () => {
  const list = new LinkedList<string>()
  const [a, b, c] = ['a', 'b', 'c'].map((item) => new Link(item))
  for (const link of [a!, b!, c!]) list.add(link)
  list.delete(b!)
  expect([b!.list, b!.previous, b!.next]).toEqual([undefined, undefined, undefined])
  list.replace(a!, [b!])
  expect([...list]).toEqual(['b', 'c'])
  expect([a!.list, a!.previous, a!.next]).toEqual([undefined, undefined, undefined])
})

test('linked list: an item is in no second list by the same link', () => {
  const link = new Link('a')
  const other = new LinkedList<string>()
  other.add(link)
  expect(new LinkedList<string>().delete(link)).toBe(false)
  expect([...other]).toEqual(['a'])
})
