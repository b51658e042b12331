import { describeApi } from '../api.ts'
import { array, boolean, int16, int32, int64, string } from '../schema.ts'

/**
 * What a broker speaks: the first request on every connection.
 *
 *   1  Response: throttle time.
 *   2  The broker answers before it throttles (KIP-219).
 *   3  Flexible, except for the response header. Request: the client's software, letters and digits with - and .
 *      between them (KIP-511). Response: features (KIP-584).
 *   4  A feature may have minimum version 0 (KAFKA-17011).
 *
 * A broker that does not know the version asked for answers in version 0 with UNSUPPORTED_VERSION and, in `apiKeys`,
 * the versions of this API alone (KIP-511).
 */
export const apiVersions = describeApi({
  name: 'ApiVersions',
  key: 18,
  versions: { min: 0, max: 4 },
  flexibleFrom: 3,
  throttlesAfterAnswering: 2,
  hasPlainResponseHeader: true,
  request: {
    clientSoftwareName: string.from(3).ignorable(),
    clientSoftwareVersion: string.from(3).ignorable(),
  },
  response: {
    errorCode: int16,
    apiKeys: array({
      apiKey: int16,
      minVersion: int16,
      maxVersion: int16,
    }),
    throttleTimeMs: int32.from(1).ignorable(),
    supportedFeatures: array({
      name: string,
      minVersion: int16,
      maxVersion: int16,
    })
      .from(3)
      .tagged(0)
      .ignorable(),
    finalizedFeaturesEpoch: int64.from(3).tagged(1).or(-1n).ignorable(),
    finalizedFeatures: array({
      name: string,
      maxVersionLevel: int16,
      minVersionLevel: int16,
    })
      .from(3)
      .tagged(2)
      .ignorable(),
    zkMigrationReady: boolean.from(3).tagged(3).or(false).ignorable(),
  },
})
