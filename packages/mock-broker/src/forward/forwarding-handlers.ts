import { type Api, metadata, produce, type RequestOf } from '@harrow/protocol'
import type { Handler, Target } from '../handlers/handler.ts'
import { handlers } from '../handlers/index.ts'
import type { Upstream } from './upstream.ts'

/**
 * Handlers that know nothing: every API of ours, answered by another cluster. Faults act in front of them as they do in
 * front of ours, the journal and the connections are the same; what a broker does with a request is up to the other one.
 */
export function forwardingHandlers(upstream: Upstream): readonly Handler[] {
  return handlers.map(({ api, targets }): Handler => {
    const named = targetsOf(api, upstream) ?? targets
    return {
      api,
      ...(named === undefined ? {} : { targets: named }),
      handle(request, call) {
        if (api === produce && (request as RequestOf<typeof produce>).acks === 0) {
          upstream.tell(api, request, call)
          return { do: 'no-answer', applied: true }
        }
        const start = (settle: Parameters<Extract<ReturnType<Handler['handle']>, { do: 'wait' }>['start']>[0]) => {
          upstream.ask(api, request, call, settle)
          // Whoever asked may be gone: the other broker finishes what it has begun.
          return () => {}
        }
        return { do: 'wait', applied: true, start }
      },
    }
  })
}

/** Where ours ask the cluster for the names behind ids, here whoever saw the ids go by. */
function targetsOf(api: Api, upstream: Upstream): Handler['targets'] {
  const nameOf = (topic: { readonly name: string | null; readonly topicId: string }): string[] => {
    const name = topic.name || upstream.topicName(topic.topicId)
    return name === undefined ? [] : [name]
  }
  if (api === produce)
    return (request): Target[] =>
      (request as RequestOf<typeof produce>).topicData.flatMap((data) =>
        nameOf(data).flatMap((topic) => data.partitionData.map(({ index }) => ({ topic, partition: index }))),
      )
  if (api === metadata)
    return (request): Target[] =>
      ((request as RequestOf<typeof metadata>).topics ?? []).flatMap((one) => nameOf(one).map((topic) => ({ topic })))
  return undefined
}
