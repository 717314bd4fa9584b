/**
 * What the component api-config gives a reconciler, in a namespace of its own.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'
import { buildDirectory } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubeconfigOfAccount, kubectlTo } from './harness.ts'

/** The reconciler whose Role is tried, and the ConfigMaps it names. */
export const account = 'kafka-reconciler'
export const required = 'kafka-topics-desired'
export const optional = 'kafka-cluster-desired'
export const configMaps = `${required},${optional}?`

const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) })
const rights = ['ServiceAccount', 'Role', 'RoleBinding']

/** Makes the namespace and what the component grants in it, as it is built; gives a kubeconfig that logs in as the reconciler. */
export async function grant(server: Kubernetes, namespace: string): Promise<string> {
  await kubectlTo(server, 'create', 'namespace', namespace)
  const built = parseAllDocuments(await buildDirectory('test/manifests/with/api-config')).map((document) =>
    object.parse(document.toJS())
  )
  const granted = built.filter(({ kind, metadata }) => rights.includes(kind) && metadata.name.startsWith(account))
  // The fixture is built for a namespace "test".
  const text = granted
    .map((each) => stringify(each))
    .join('---\n')
    .replaceAll('namespace: test\n', `namespace: ${namespace}\n`)
  await applyText(server, text)
  return kubeconfigOfAccount(server, namespace, account)
}

/** `kubectl apply`, of YAML or JSON. */
export async function applyText(server: Kubernetes, text: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'infometis-apply-'))
  try {
    await writeFile(join(home, 'objects.yaml'), text)
    // What is applied is not kept in an annotation, which has no room for a map of 1 MiB.
    await kubectlTo(server, 'apply', '--server-side', '--force-conflicts', '--filename', join(home, 'objects.yaml'))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

export interface Halves {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

export function setConfigMap(server: Kubernetes, namespace: string, name: string, halves: Halves): Promise<void> {
  return applyText(
    server,
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, ...halves })
  )
}

export async function deleteConfigMap(server: Kubernetes, namespace: string, name: string): Promise<void> {
  await kubectlTo(server, '--namespace', namespace, 'delete', 'configmap', name)
}
