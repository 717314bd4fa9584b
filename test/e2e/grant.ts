/**
 * The rights a component grants, in a namespace of a test.
 * @module
 */
import { join } from 'node:path'
import { repository } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo } from './harness.ts'

/** Applies Role and RoleBinding of one service exactly as the component has them; the account must be made by others. */
export async function grantRoleOf(
  server: Kubernetes,
  component: string,
  service: string,
  namespace: string
): Promise<void> {
  const file = join(repository, 'manifests/components', component, `${service}-reconciler-role.yaml`)
  await kubectlTo(server, '--namespace', namespace, 'apply', '--validate=strict', '--filename', file)
}
