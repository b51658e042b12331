import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ControlRequest, ControlResponse } from './control-api.ts'

export interface ControlServerOptions {
  /** Where to listen. Default 127.0.0.1; whoever reaches it controls the cluster. */
  readonly host?: string
  /** Default: any free port. */
  readonly port?: number
  /** The largest body of a request. Default 1 MiB. */
  readonly bodyBytesMax?: number
}

/** The control API on a port. */
export interface ControlServer {
  readonly host: string
  readonly port: number
  /** Such as `http://127.0.0.1:8474`. */
  readonly url: string
  /** Resolves when the port is free. Requests that wait are given up. */
  stop(): Promise<void>
}

/** What answers: returns how to tell it that the client is gone. */
export type Answerer = (request: ControlRequest, respond: (response: ControlResponse) => void) => () => void

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

/** Rejects with what the system says about the address. */
export function serveControl(answer: Answerer, options: ControlServerOptions = {}): Promise<ControlServer> {
  const { host = '127.0.0.1', port = 0, bodyBytesMax = 1024 * 1024 } = options
  const server = createServer((incoming, outgoing) => {
    const refusal = refused(incoming, host)
    if (refusal === undefined) take(incoming, outgoing, { answer, bodyBytesMax })
    else write(outgoing, plain(403, refusal))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      const { port: bound } = server.address() as AddressInfo
      const shown = host.includes(':') ? `[${host}]` : host
      resolve({
        host,
        port: bound,
        url: `http://${shown}:${bound}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped())
            server.closeAllConnections()
          }),
      })
    })
  })
}

/**
 * Why a browser's request is turned away. A web page can make a browser send requests here: its address then stands in
 * `Origin`, or, if its name was rebound to this address, in `Host`.
 */
function refused({ headers }: IncomingMessage, boundHost: string): string | undefined {
  const { host = '', origin } = headers
  if (origin !== undefined && origin !== `http://${host}`) return `requests from ${origin} are not taken`
  const name = host.replace(/:\d+$/, '')
  // Whoever listens beyond loopback has a name of their own, which is not known here.
  if (!loopbackNames.has(boundHost) || loopbackNames.has(name) || name === boundHost) return undefined
  return `"${name}" is not this machine`
}

function take(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { answer, bodyBytesMax }: { readonly answer: Answerer; readonly bodyBytesMax: number },
): void {
  const chunks: Uint8Array[] = []
  let bytes = 0
  incoming.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
    else if (!outgoing.headersSent) {
      outgoing.setHeader('connection', 'close')
      write(outgoing, plain(413, `the body may have ${bodyBytesMax} bytes`))
    }
  })
  // The connection broke: there is nobody to answer.
  incoming.on('error', () => {})
  incoming.on('end', () => {
    if (outgoing.headersSent) return
    const { method = 'GET', url: target = '/' } = incoming
    let giveUp: () => void = () => {}
    outgoing.on('close', () => giveUp())
    giveUp = answer({ method, target, body: Buffer.concat(chunks) }, (response) => write(outgoing, response))
  })
}

function write(outgoing: ServerResponse, { status, headers, body }: ControlResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length, 'x-content-type-options': 'nosniff' })
  outgoing.end(bytes)
}

function plain(status: number, message: string): ControlResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ message })}\n` }
}
