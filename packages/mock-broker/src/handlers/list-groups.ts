import { kafkaErrors, listGroups } from '@harrow/protocol'
import type { Handler } from './handler.ts'

/** The groups that this broker coordinates. Java: `GroupMetadataManager.listGroups`. */
export const listGroupsHandler: Handler<typeof listGroups> = {
  api: listGroups,

  handle({ statesFilter, typesFilter }, call) {
    const { error = kafkaErrors.NONE } = call.injected ?? {}
    if (error !== kafkaErrors.NONE) return { do: 'answer', body: { errorCode: error.code, groups: [] }, applied: false }
    const states = statesFilter.map((state) => state.trim().toLowerCase())
    const isTypeWanted = typesFilter.length === 0 || typesFilter.some((type) => type.toLowerCase() === groupType)
    const groups = call.cluster.groups
      .groupsOf(call.node.id)
      .filter(({ state }) => isTypeWanted && (states.length === 0 || states.includes(state.toLowerCase())))
      .map(({ id, protocolType, state }) => ({
        groupId: id,
        protocolType: protocolType ?? '',
        groupState: state,
        groupType,
      }))
    return { do: 'answer', body: { errorCode: 0, groups }, applied: true }
  },
}

/** The only type here. Java: `Group.GroupType`. */
const groupType = 'classic'
