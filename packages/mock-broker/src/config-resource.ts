/** What configuration belongs to, by the number in requests. Java: `ConfigResource.Type`. */
export const configResource = { topic: 2, broker: 4, group: 32 } as const

/** Where a value comes from, by the number in answers. Java: `DescribeConfigsResponse.ConfigSource`. */
export const configSource = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefaultBroker: 3,
  staticBroker: 4,
  default: 5,
  group: 8,
} as const

/** What a value is, by the number in answers. Java: `DescribeConfigsResponse.ConfigType`. */
export const configType = { BOOLEAN: 1, STRING: 2, INT: 3, LONG: 5, DOUBLE: 6, LIST: 7 } as const
