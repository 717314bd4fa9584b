/**
 * kafkajs's `ConfigResourceTypes`, without loading kafkajs for two numbers.
 * @module
 */
import type { ConfigResourceTypes } from 'kafkajs'

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum's values exist only once kafkajs is loaded
export const topicResource: ConfigResourceTypes.TOPIC = 2
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
export const brokerResource: ConfigResourceTypes.BROKER = 4
