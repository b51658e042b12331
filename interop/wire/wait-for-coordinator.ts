import { decodeResponse, describeGroups, findCoordinator } from '@harrow/protocol'
import type { BrokerConnection } from './broker-connection.ts'

/** A broker makes its topic for groups when somebody asks for the first time, and then it has to load it. */
export async function waitForCoordinator(connection: BrokerConnection): Promise<void> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const found = await connection.request(findCoordinator, 4, { coordinatorKeys: ['first'] })
    const isFound = decodeResponse(findCoordinator, 4, found).body.coordinators[0]?.errorCode === 0
    if (isFound) {
      const asked = await connection.request(describeGroups, 5, { groups: ['first'] })
      if (decodeResponse(describeGroups, 5, asked).body.groups[0]?.errorCode === 0) return
    }
    await connection.sleep(100)
  }
  throw new Error('no coordinator within 10 s')
}
