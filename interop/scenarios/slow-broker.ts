import type { History, ReceivedRequest } from '../../packages/harness/src/history.ts'

/** Of the request timeout: a broker that needs more leaves too little for anything else. */
const shareMax = 0.5

/**
 * Why a run that broke something says nothing: the real broker itself was slow to answer a request that no fault had
 * touched. Scenarios have timeouts that a Java virtual machine on a busy machine can miss, and only stalls of our own
 * process are measured. Undefined when every answer was quick.
 */
export function slownessOf(history: History): string | undefined {
  const { requestTimeoutMs } = history.producer
  for (const request of history.requests) {
    const { api, broker, fault, receivedAtMs } = request
    const endedAtMs = fault === undefined ? endOf(request, history) : undefined
    if (endedAtMs === undefined || endedAtMs - receivedAtMs < shareMax * requestTimeoutMs) continue
    const tookMs = Math.round(endedAtMs - receivedAtMs)
    return `broker ${broker} had not answered ${api} after ${tookMs} ms; the producer waits for ${requestTimeoutMs} ms`
  }
  return undefined
}

/** When it was answered, or given up together with its connection; undefined for one that asks for no answer. */
function endOf({ api, connection, receivedAtMs, answeredAtMs }: ReceivedRequest, history: History): number | undefined {
  if (answeredAtMs !== undefined) return answeredAtMs
  if (api === 'Produce' && history.producer.acks === 0) return undefined
  const closed = history.trace.find(({ event, details, atMs }) => {
    return event === 'connection-closed' && details['connection'] === connection && atMs >= receivedAtMs
  })
  return closed?.atMs
}
