/**
 * The namespace the pod is in.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { refuse } from '../connect/environment.ts'

/** Where Kubernetes mounts it, beside the token of the account. */
const mounted = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** What the file says. Throws VARIABLE_INVALID, saying what it was wanted for, where no account is mounted. */
export async function namespaceOfPod(what: string, file = mounted): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    return refuse(
      'POD_NAMESPACE',
      undefined,
      `the namespace of ${what}, since no account of a pod is mounted`,
      'infometis-prod'
    )
  }
}
