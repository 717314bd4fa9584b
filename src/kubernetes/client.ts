/**
 * What is used of the client library, by name, so that a bundle leaves its other several hundred APIs out.
 * @module
 */
export {
  CoordinationV1Api,
  CoreV1Api,
  EventsV1Api,
  KubeConfig,
  Observable,
  V1MicroTime,
  Watch
} from '@kubernetes/client-node'
