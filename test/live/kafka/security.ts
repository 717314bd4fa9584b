/**
 * Rights and passwords of a secured cluster, changed by a super user.
 * @module
 */
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  alterUserScramCredentialsV0,
  Connection,
  ResourcePatternTypes,
  ResourceTypes,
  ScramMechanisms,
  type Acl
} from '@platformatic/kafka'

/** Operations on topics whose name is `topic`, or begins with it. */
export interface TopicRights {
  readonly operations: readonly (keyof typeof AclOperations)[]
  readonly topic: string
  readonly prefixed?: true
}

export class Security {
  readonly #admin: Admin
  readonly #bootstrap: string

  /** `bootstrap` is a listener where everything is allowed. */
  constructor(bootstrap: string) {
    this.#bootstrap = bootstrap
    this.#admin = new Admin({ clientId: 'test', bootstrapBrokers: bootstrap.split(','), retries: 2 })
  }

  /** The broker knows it when this resolves. */
  async allow(user: string, rights: TopicRights): Promise<void> {
    await this.#admin.createAcls({ creations: acls(user, rights) })
  }

  async withdraw(user: string, rights: TopicRights): Promise<void> {
    await this.#admin.deleteAcls({ filters: acls(user, rights) })
  }

  /** Another password for SCRAM-SHA-512; connections that are open stay open. */
  async changePassword(user: string, password: string): Promise<void> {
    const [iterations, salt] = [4096, randomBytes(16)]
    const saltedPassword = pbkdf2Sync(password, salt, iterations, 64, 'sha512')
    const upsertion = { name: user, mechanism: ScramMechanisms.SCRAM_SHA_512, iterations, salt, saltedPassword }
    const [host = '', port = ''] = this.#bootstrap.split(',')[0]?.split(':') ?? []
    const connection = new Connection('test')
    await connection.connect(host, Number(port))
    try {
      await alterUserScramCredentialsV0.api.async(connection, [], [upsertion])
    } finally {
      await connection.close()
    }
  }

  async close(): Promise<void> {
    await this.#admin.close()
  }
}

function acls(user: string, { operations, topic, prefixed }: TopicRights): Acl[] {
  return operations.map((operation) => ({
    resourceType: ResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: prefixed === true ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes.ALLOW
  }))
}
