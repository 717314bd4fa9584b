/**
 * The part of @platformatic/kafka that is used: single requests on a connection. Named in one place, so that a bundle
 * can leave out the rest (consumers, producers, schema registries), which takes most of the time to load.
 * @module
 */
export {
  apiVersionsV3,
  Connection,
  createPartitionsV3,
  createTopicsV7,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  listPartitionReassignmentsV0,
  metadataV12
} from '@platformatic/kafka'
