import { inflateSync } from 'node:zlib'

/** The pixels of a PNG of 8 bits per channel without interlace, as headless browsers write them: `#rrggbb` by place. */
export function pngPixels(png: Buffer): {
  readonly width: number
  readonly height: number
  count(colour: string): number
} {
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3]
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const lines = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const left = x < channels ? 0 : lines[y * stride + x - channels]!
      const up = y === 0 ? 0 : lines[(y - 1) * stride + x]!
      const corner = x < channels || y === 0 ? 0 : lines[(y - 1) * stride + x - channels]!
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      lines[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + guess
    }
  }
  const counts = new Map<number, number>()
  for (let at = 0; at < lines.length; at += channels) {
    const pixel = lines.readUIntBE(at, 3)
    counts.set(pixel, (counts.get(pixel) ?? 0) + 1)
  }
  return { width, height, count: (colour) => counts.get(Number.parseInt(colour.slice(1), 16)) ?? 0 }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}
