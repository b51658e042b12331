import type { Address } from '@harrow/runtime'
import type { CapturedMoment, Side, WireCapture } from '../wire-capture.ts'

/**
 * A capture as pcapng (draft-ietf-opsawg-pcapng), for Wireshark: `tshark -r run.pcapng -d tcp.port==<port>,kafka`.
 * The bytes, their times and the ports are real. The packets around them are made up, since a socket shows none: a
 * handshake, one segment per read or write, acknowledgements inside them, FIN or RST at the end.
 */
export function pcapng(capture: WireCapture): Uint8Array {
  const out = new Blocks()
  const { missedBytes, wallAtZeroMs } = capture
  const isWhole = missedBytes === 0
  const gap = `the capture was full (captureBytesMax): ${missedBytes} bytes that came or went later are missing`
  out.sectionHeader(isWhole ? [] : [gap])
  out.ethernetInterface()
  const streams = new Map<number, TcpStream>()
  const addresses = new Addresses()
  for (const moment of capture.moments) {
    const micros = BigInt(Math.round((wallAtZeroMs + moment.atMs) * 1000))
    if (moment.what === 'opened') streams.set(moment.connection, new TcpStream(moment, addresses))
    const stream = streams.get(moment.connection)
    const packets = stream?.packetsOf(moment) ?? []
    for (const [index, packet] of packets.entries()) {
      out.packet(micros, packet, index === packets.length - 1 ? moment.comments : [])
    }
  }
  return out.bytes()
}

/** Larger than any real segment and well below what an IP packet can hold: fewer packets to scroll through. */
const segmentBytesMax = 32 * 1024

const flag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const

/** The packets of one connection. */
class TcpStream {
  private readonly ends: Readonly<Record<Side, End>>

  constructor(opened: CapturedMoment & { readonly what: 'opened' }, addresses: Addresses) {
    const { connection, client, broker, brokerId } = opened
    // Any start will do; one per connection keeps retransmission heuristics from seeing two streams as one.
    this.ends = {
      client: { ip: addresses.of(client, 1, connection), port: client.port, next: connection * 1000 },
      broker: { ip: addresses.of(broker, 0, brokerId), port: broker.port, next: connection * 1000 + 500 },
    }
  }

  packetsOf(moment: CapturedMoment): Uint8Array[] {
    switch (moment.what) {
      case 'opened':
        return [
          this.segment('client', flag.syn, nothing),
          this.segment('broker', flag.syn | flag.ack, nothing),
          this.segment('client', flag.ack, nothing),
        ]
      case 'bytes': {
        const packets: Uint8Array[] = []
        for (let at = 0; at < moment.bytes.length; at += segmentBytesMax) {
          const payload = moment.bytes.subarray(at, at + segmentBytesMax)
          packets.push(this.segment(moment.from, flag.psh | flag.ack, payload))
        }
        return packets
      }
      case 'closed': {
        if (moment.how === 'reset') return [this.segment(moment.by, flag.rst | flag.ack, nothing)]
        const other = moment.by === 'client' ? 'broker' : 'client'
        return [
          this.segment(moment.by, flag.fin | flag.ack, nothing),
          this.segment(other, flag.fin | flag.ack, nothing),
          this.segment(moment.by, flag.ack, nothing),
        ]
      }
    }
  }

  private segment(from: Side, flags: number, payload: Uint8Array): Uint8Array {
    const source = this.ends[from]
    const target = this.ends[from === 'client' ? 'broker' : 'client']
    const sequence = source.next
    // SYN and FIN take a sequence number of their own.
    source.next += payload.length + ((flags & (flag.syn | flag.fin)) === 0 ? 0 : 1)
    const acknowledged = (flags & flag.ack) === 0 ? 0 : target.next
    return ethernetFrame(source, target, { sequence, acknowledged, flags, payload })
  }
}

interface End {
  readonly ip: readonly number[]
  readonly port: number
  /** Sequence number of its next byte. */
  next: number
}

/** IPv4 addresses for all hosts: their own where they have one, else made up in 10.0.0.0/8. */
class Addresses {
  of({ host }: Address, network: number, ordinal: number): readonly number[] {
    const own = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)
    if (own !== null) return own.slice(1).map(Number)
    if (host === '::1' || host === 'localhost') return [127, 0, 0, 1]
    return [10, network, (ordinal >> 8) & 0xff, ordinal & 0xff]
  }
}

const ethernetHeaderBytes = 14
const ipHeaderBytes = 20
const tcpHeaderBytes = 20
const ipv4 = 0x0800
const tcp = 6

function ethernetFrame(
  source: End,
  target: End,
  segment: {
    readonly sequence: number
    readonly acknowledged: number
    readonly flags: number
    readonly payload: Uint8Array
  },
): Uint8Array {
  const tcpBytes = tcpHeaderBytes + segment.payload.length
  const frame = new Uint8Array(ethernetHeaderBytes + ipHeaderBytes + tcpBytes)
  const view = new DataView(frame.buffer)
  // Locally administered addresses, made from the IP addresses.
  frame.set([0x02, 0x00, ...target.ip, 0x02, 0x00, ...source.ip])
  view.setUint16(12, ipv4)

  const ip = ethernetHeaderBytes
  frame[ip] = 0x45 // version 4, five words of header
  view.setUint16(ip + 2, ipHeaderBytes + tcpBytes)
  view.setUint16(ip + 6, 0x4000) // do not fragment
  frame[ip + 8] = 64
  frame[ip + 9] = tcp
  frame.set(source.ip, ip + 12)
  frame.set(target.ip, ip + 16)
  view.setUint16(ip + 10, checksum(frame.subarray(ip, ip + ipHeaderBytes), 0))

  const at = ip + ipHeaderBytes
  view.setUint16(at, source.port)
  view.setUint16(at + 2, target.port)
  view.setUint32(at + 4, segment.sequence)
  view.setUint32(at + 8, segment.acknowledged)
  frame[at + 12] = (tcpHeaderBytes / 4) << 4
  frame[at + 13] = segment.flags
  view.setUint16(at + 14, 0xffff)
  frame.set(segment.payload, at + tcpHeaderBytes)
  const pseudoHeader = sum16(frame.subarray(ip + 12, ip + 20)) + tcp + tcpBytes
  view.setUint16(at + 16, checksum(frame.subarray(at), pseudoHeader))
  return frame
}

/** RFC 1071. */
function checksum(bytes: Uint8Array, start: number): number {
  let sum = start + sum16(bytes)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000)
  return ~sum & 0xffff
}

function sum16(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  if (bytes.length % 2 === 1) sum += (bytes.at(-1) ?? 0) << 8
  return sum
}

const blockType = { sectionHeader: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const
const option = { end: 0, comment: 1, application: 4 } as const

/** The blocks of a pcapng file, in little-endian byte order. */
class Blocks {
  private readonly parts: Uint8Array[] = []

  sectionHeader(comments: readonly string[]): void {
    const fixed = new Uint8Array(16)
    const view = new DataView(fixed.buffer)
    view.setUint32(0, 0x1a2b3c4d, true)
    view.setUint16(4, 1, true)
    view.setBigInt64(8, -1n, true) // length of the section: not said
    const options = [
      ...comments.map((text) => textOption(option.comment, text)),
      textOption(option.application, 'harrow'),
    ]
    this.block(blockType.sectionHeader, [fixed, ...options, endOfOptions])
  }

  ethernetInterface(): void {
    // Link type 1 is Ethernet; no limit of packet size; times in microseconds, which is the default.
    this.block(blockType.interface, [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)])
  }

  packet(micros: bigint, packet: Uint8Array, comments: readonly string[]): void {
    const fixed = new Uint8Array(20)
    const view = new DataView(fixed.buffer)
    view.setUint32(4, Number(micros >> 32n), true)
    view.setUint32(8, Number(micros & 0xffff_ffffn), true)
    view.setUint32(12, packet.length, true)
    view.setUint32(16, packet.length, true)
    const options = comments.map((text) => textOption(option.comment, text))
    this.block(blockType.enhancedPacket, [
      fixed,
      padded(packet),
      ...options,
      ...(options.length > 0 ? [endOfOptions] : []),
    ])
  }

  bytes(): Uint8Array {
    return concatenated(this.parts)
  }

  private block(type: number, content: readonly Uint8Array[]): void {
    const bytes = 12 + content.reduce((sum, part) => sum + part.length, 0)
    const head = new Uint8Array(8)
    new DataView(head.buffer).setUint32(0, type, true)
    new DataView(head.buffer).setUint32(4, bytes, true)
    // The length once more, so that a file can be read backwards.
    this.parts.push(head, ...content, head.slice(4))
  }
}

function textOption(code: number, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text).subarray(0, 0xffff)
  const head = new Uint8Array(4)
  new DataView(head.buffer).setUint16(0, code, true)
  new DataView(head.buffer).setUint16(2, bytes.length, true)
  return concatenated([head, padded(bytes)])
}

const endOfOptions = new Uint8Array(4)
const nothing = new Uint8Array(0)

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  whole.set(bytes)
  return whole
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
