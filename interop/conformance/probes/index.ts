import type { Probe } from '../probe.ts'
import { apiVersionsProbes } from './api-versions.ts'
import { batchProbes } from './batches.ts'
import { frameProbes } from './frames.ts'
import { groupProbes } from './groups.ts'
import { metadataProbes } from './metadata.ts'
import { offsetProbes } from './offsets.ts'
import { produceProbes } from './produce.ts'
import { producerIdProbes } from './producer-ids.ts'
import { randomSequenceProbes } from './random-sequences.ts'
import { sequenceProbes } from './sequences.ts'

export const probes: readonly Probe[] = [
  ...frameProbes,
  ...apiVersionsProbes,
  ...produceProbes,
  ...batchProbes,
  ...sequenceProbes,
  ...producerIdProbes,
  ...metadataProbes,
  ...groupProbes,
  ...offsetProbes,
  ...randomSequenceProbes,
]
