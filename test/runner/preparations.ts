/**
 * What tests download or build, each done once before the suites that need it begin: then no two of them do the same at
 * the same time. `node test/runner/preparations.ts NAME` does one; what is in the cache already costs nothing.
 * @module
 */
import { argoCdDefinition } from '../servers/argo-cd.ts'
import { findCrun } from '../servers/crun.ts'
import { distributionFiles, distributions } from '../servers/elasticsearch-distribution.ts'
import { kafkaJars, kafkaVersions } from '../servers/kafka.ts'
import { kubectl } from '../servers/kubectl.ts'
import { kubernetesTools } from '../servers/kubernetes-tools.ts'
import { findPromtool } from '../servers/promtool.ts'
import { nifiVersions } from '../servers/nifi-artifacts.ts'
import { nifiInstallation } from '../servers/nifi-distribution.ts'

const prepare = {
  kafka: async () => {
    for (const version of kafkaVersions) await kafkaJars(version)
  },
  elasticsearch: async () => {
    for (const distribution of Object.values(distributions)) {
      await distributionFiles(distribution, distribution.kind === 'elasticsearch' ? distribution.plugins : [])
    }
  },
  nifi: async () => {
    for (const version of nifiVersions) await nifiInstallation(version)
  },
  kubernetes: async () => {
    await Promise.all([argoCdDefinition(), kubernetesTools()])
  },
  kubectl,
  crun: findCrun,
  promtool: findPromtool
} as const

export type Preparation = keyof typeof prepare

/** All of them. */
export const preparations = Object.keys(prepare).filter(isPreparation)

function isPreparation(name: string): name is Preparation {
  return Object.hasOwn(prepare, name)
}

// What cannot be had is said by the tests that skip themselves for it.
if (import.meta.main) {
  const [name = ''] = process.argv.slice(2)
  if (!isPreparation(name)) throw new Error(`expected one of ${preparations.join(', ')}, found "${name}"`)
  await prepare[name]()
}
