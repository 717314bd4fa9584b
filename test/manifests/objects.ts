/**
 * The parts of Kubernetes objects that the rules about our manifests look at.
 * @module
 */
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const texts = z.record(z.string(), z.string())

const metadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  labels: texts.default({}),
  annotations: texts.default({})
})

const configMapSource = z.object({ name: z.string(), optional: z.boolean().default(false) })

const container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  restartPolicy: z.string().optional(),
  startupProbe: z.unknown().optional(),
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
  resources: z.unknown(),
  securityContext: z.unknown(),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().optional(),
        readOnly: z.boolean().default(false)
      })
    )
    .default([])
})

/** Only sources of volumes that the manifests use; any other is refused, so that no rule overlooks it. */
const volume = z.union([
  z.strictObject({ name: z.string(), emptyDir: z.object({}) }),
  z.strictObject({
    name: z.string(),
    projected: z.object({ sources: z.array(z.strictObject({ configMap: configMapSource })) })
  }),
  z.strictObject({ name: z.string(), secret: z.strictObject({ secretName: z.string() }) })
])

const deployment = z.object({
  kind: z.literal('Deployment'),
  metadata,
  spec: z.object({
    replicas: z.number(),
    strategy: z.object({ type: z.string() }),
    selector: z.object({ matchLabels: texts }),
    template: z.object({
      metadata: z.object({ labels: texts }),
      spec: z.object({
        serviceAccountName: z.string().default('default'),
        automountServiceAccountToken: z.boolean().default(true),
        enableServiceLinks: z.boolean().default(true),
        terminationGracePeriodSeconds: z.number().default(30),
        securityContext: z.unknown(),
        initContainers: z.array(container).default([]),
        containers: z.array(container),
        volumes: z.array(volume).default([])
      })
    })
  })
})

const service = z.object({
  kind: z.literal('Service'),
  metadata,
  spec: z.object({ selector: texts, ports: z.array(z.object({ port: z.number(), targetPort: z.string() })) })
})

const object = z.discriminatedUnion('kind', [
  deployment,
  service,
  z.object({ kind: z.literal('ConfigMap'), metadata, data: texts.default({}) }),
  z.object({ kind: z.literal('Namespace'), metadata })
])

export type KubernetesObject = z.infer<typeof object>
export type Deployment = z.infer<typeof deployment>
export type Container = z.infer<typeof container>

/** Every object of a build. Throws on a YAML error, on a kind no rule knows and on a part of another shape. */
export function parseObjects(yaml: string): readonly KubernetesObject[] {
  return parseAllDocuments(yaml).map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    return object.parse(document.toJS())
  })
}

/** Those objects of a build that are of a kind the rules know; `parseObjects` where there must be no others. */
export function parseKnownObjects(yaml: string): readonly KubernetesObject[] {
  const known = yaml.split(/^---$/m).filter((text) => /^kind: (?:Deployment|Service|ConfigMap|Namespace)$/m.test(text))
  return parseObjects(known.join('---'))
}

/** The objects of one kind. */
export function ofKind<K extends KubernetesObject['kind']>(
  objects: readonly KubernetesObject[],
  kind: K
): readonly Extract<KubernetesObject, { kind: K }>[] {
  return objects.filter((candidate): candidate is Extract<KubernetesObject, { kind: K }> => candidate.kind === kind)
}

/** Containers of a pod, those that run before the others included. */
export function containersOf({ spec }: Deployment): readonly Container[] {
  return [...spec.template.spec.initContainers, ...spec.template.spec.containers]
}

/** ConfigMaps a pod mounts. */
export function mountedConfigMaps({ spec }: Deployment): readonly z.infer<typeof configMapSource>[] {
  return spec.template.spec.volumes.flatMap((each) =>
    'projected' in each ? each.projected.sources.map((source) => source.configMap) : []
  )
}

/** Names of the Secrets a pod mounts. */
export function mountedSecrets({ spec }: Deployment): readonly string[] {
  return spec.template.spec.volumes.flatMap((each) => ('secret' in each ? [each.secret.secretName] : []))
}

/** The files in the directory a Deployment configures its reconciler from: its projected volume lays several ConfigMaps into one. */
export function mountedFiles(
  objects: readonly KubernetesObject[],
  deploymentName: string
): Readonly<Record<string, string>> {
  const found = ofKind(objects, 'Deployment').find(({ metadata: { name } }) => name === deploymentName)
  if (found === undefined) throw new Error(`no Deployment ${deploymentName}`)
  const names = new Set(mountedConfigMaps(found).map(({ name }) => name))
  return Object.fromEntries(
    ofKind(objects, 'ConfigMap').flatMap(({ metadata: { name }, data }) =>
      names.has(name) ? Object.entries(data) : []
    )
  )
}
