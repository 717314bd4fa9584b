/**
 * Chooses the adapter named by KAFKA_CLIENT.
 * @module
 */
import type { KafkaAdmin } from './admin.ts'
import type { ConnectionSettings } from './connection.ts'
import { KafkajsAdmin } from './kafkajs/index.ts'
import { PlatformaticAdmin } from './platformatic/index.ts'

/**
 * An admin that connects on its first call and reconnects when a connection failed or mounted credentials rotated.
 * Touches no network, reads no file, and loads neither client library, until then.
 */
export function openAdmin(settings: ConnectionSettings): KafkaAdmin {
  return settings.client === 'kafkajs' ? new KafkajsAdmin(settings) : new PlatformaticAdmin(settings)
}
