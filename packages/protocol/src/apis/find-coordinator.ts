import { describeApi } from '../api.ts'
import { array, int8, int16, int32, string } from '../schema.ts'

/**
 * The broker that coordinates a group or a transactional id.
 *
 *   1  Request: key type (0 group, 1 transaction). Response: error message, throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Flexible.
 *   4  Many keys in one request (KIP-699): the single key and its answer are gone.
 *   5  May answer TRANSACTION_ABORTABLE (KIP-890).
 *   6  Key type 2: share groups (KIP-932).
 */
export const findCoordinator = describeApi({
  name: 'FindCoordinator',
  key: 10,
  versions: { min: 0, max: 6 },
  flexibleFrom: 3,
  throttlesAfterAnswering: 2,
  request: {
    key: string.upTo(3),
    keyType: int8.from(1).or(0),
    coordinatorKeys: array(string).from(4),
  },
  response: {
    throttleTimeMs: int32.from(1).ignorable(),
    errorCode: int16.upTo(3),
    errorMessage: string.from(1).upTo(3).nullable().ignorable(),
    nodeId: int32.upTo(3),
    host: string.upTo(3),
    port: int32.upTo(3),
    coordinators: array({
      key: string,
      nodeId: int32,
      host: string,
      port: int32,
      errorCode: int16,
      errorMessage: string.nullable().ignorable(),
    }).from(4),
  },
})
