import { batchHeaderOffset } from '@harrow/protocol'

/** Where a scan of a request is. */
class Cursor {
  readonly bytes: Uint8Array
  readonly view: DataView
  at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  int16(): number {
    this.at += 2
    return this.view.getInt16(this.at - 2)
  }
  int32(): number {
    this.at += 4
    return this.view.getInt32(this.at - 4)
  }
  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  /** Moves on; its own method, because `at += size()` would read `at` before `size()` moves it. */
  skip(bytes: number): void {
    this.at += Math.max(bytes, 0)
  }
  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint()
      this.skip(this.varint())
    }
  }
}

const scratch = new Uint8Array(1 << 20)
const out = new DataView(scratch.buffer)

/**
 * The answer to a Produce request of version 3 to 12, success for every partition, and how many records there were by the
 * batch headers. Written by hand because a sink must cost far less than what is measured against it. `answer` is
 * undefined for acks 0.
 */
export function answerProduce(frame: Uint8Array): {
  readonly answer: Uint8Array | undefined
  readonly records: number
} {
  const from = new Cursor(frame)
  from.int16()
  const version = from.int16()
  const isFlexible = version >= 9
  const correlationId = from.int32()
  from.skip(from.int16()) // client id
  if (isFlexible) from.tags()
  from.skip(isFlexible ? from.varint() - 1 : from.int16()) // transactional id
  const acks = from.int16()
  from.int32() // timeout

  let at = 4
  const putCount = (count: number): void => {
    if (!isFlexible) {
      out.setInt32(at, count)
      at += 4
      return
    }
    let rest = count + 1
    for (; rest > 0x7f; rest >>>= 7) scratch[at++] = (rest & 0x7f) | 0x80
    scratch[at++] = rest
  }
  const putTags = (): void => {
    if (isFlexible) scratch[at++] = 0
  }
  out.setInt32(at, correlationId)
  at += 4
  putTags()

  let records = 0
  const topics = isFlexible ? from.varint() - 1 : from.int32()
  putCount(topics)
  for (let topic = 0; topic < topics; topic++) {
    const nameStart = from.at
    from.skip(isFlexible ? from.varint() - 1 : from.int16())
    scratch.set(frame.subarray(nameStart, from.at), at)
    at += from.at - nameStart
    const partitions = isFlexible ? from.varint() - 1 : from.int32()
    putCount(partitions)
    for (let partition = 0; partition < partitions; partition++) {
      out.setInt32(at, from.int32())
      out.setInt16(at + 4, 0)
      out.setBigInt64(at + 6, 0n)
      out.setBigInt64(at + 14, -1n)
      at += 22
      if (version >= 5) {
        out.setBigInt64(at, 0n)
        at += 8
      }
      if (version >= 8) {
        putCount(0)
        if (isFlexible) scratch[at++] = 0
        else {
          out.setInt16(at, -1)
          at += 2
        }
      }
      putTags()
      const size = isFlexible ? from.varint() - 1 : from.int32()
      records += from.view.getInt32(from.at + batchHeaderOffset.recordCount)
      from.skip(size)
      if (isFlexible) from.tags()
    }
    putTags()
    if (isFlexible) from.tags()
  }
  out.setInt32(at, 0) // throttle time
  at += 4
  putTags()
  out.setInt32(0, at - 4)
  return { answer: acks === 0 ? undefined : scratch.slice(0, at), records }
}
