import type { Route } from '../route.ts'
import { administrationRoutes } from './administration.ts'
import { brokerRoutes } from './brokers.ts'
import { clusterRoutes } from './cluster.ts'
import { eventRoutes } from './events.ts'
import { faultRoutes } from './faults.ts'
import { observationRoutes } from './observations.ts'
import { topicRoutes } from './topics.ts'

/** Every operation of the control API. */
export const routes: readonly Route[] = [
  ...clusterRoutes,
  ...eventRoutes,
  ...brokerRoutes,
  ...topicRoutes,
  ...administrationRoutes,
  ...faultRoutes,
  ...observationRoutes,
]
