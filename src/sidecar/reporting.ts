/**
 * What the cluster is told of, as variables say.
 * @module
 */
import type { ReportingSettings } from '../kubernetes/open-reporting.ts'
import type { LogLine } from '../report/line.ts'
import { silentObserver, type Observer } from '../report/observer.ts'
import type { Clock } from '../time/clock.ts'
import { refuse, type Environment } from '../connect/environment.ts'
import { nameOfConfigMap } from './config-source.ts'

/** The values of `KUBERNETES_EVENTS` and `REPORT_CONFIG_MAPS`; undefined: the cluster is told nothing. Throws VARIABLE_INVALID. */
export function reportingOf(environment: Environment): ReportingSettings | undefined {
  const eventsAbout =
    environment.oneOf('KUBERNETES_EVENTS', ['on', 'off'], 'off') === 'on' ? aboutOf(environment) : undefined
  const reportOn = reportedOf(environment)
  if (eventsAbout === undefined && reportOn.length === 0) return undefined
  return { eventsAbout, reportOn, namespace: environment.text('POD_NAMESPACE') }
}

/** The pod; where nobody says which one, the ConfigMap it reads. */
function aboutOf(environment: Environment): ReportingSettings['eventsAbout'] {
  const pod = environment.text('POD_NAME')
  const uid = environment.text('POD_UID')
  if (pod !== undefined) return { kind: 'Pod', name: pod, ...(uid !== undefined && { uid }) }
  const configMap = environment.text('CONFIG_MAP_NAME')
  if (configMap !== undefined) return { kind: 'ConfigMap', name: configMap }
  return refuse(
    'POD_NAME',
    undefined,
    'the name of the pod that KUBERNETES_EVENTS are about, or a CONFIG_MAP_NAME',
    'the field metadata.name'
  )
}

function reportedOf(environment: Environment): readonly string[] {
  const text = environment.text('REPORT_CONFIG_MAPS')
  if (text === undefined) return []
  const names = text.split(',').map((name) => name.trim())
  const isGood = names.every((name, index) => nameOfConfigMap.test(name) && names.indexOf(name) === index)
  return isGood
    ? names
    : refuse(
        'REPORT_CONFIG_MAPS',
        text,
        'names of ConfigMaps with commas between them, each once',
        'items-desired,cluster-desired'
      )
}

/** Tells nobody, and loads nothing of the cluster, when nobody asked for it. */
export async function openReport(
  settings: ReportingSettings | undefined,
  clock: Clock,
  log: LogLine
): Promise<{ readonly observer: Observer; close(): Promise<void> }> {
  if (settings === undefined) return { observer: silentObserver, close: () => Promise.resolve() }
  const { openReporting } = await import('../kubernetes/open-reporting.ts')
  return openReporting(settings, clock, log)
}
