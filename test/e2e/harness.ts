/**
 * One real API server for all tests of this folder.
 * @module
 */
import { skipLoudly } from '../live/skip.ts'
import { kubectl } from '../servers/kubectl.ts'
import { kubernetesTools } from '../servers/kubernetes-tools.ts'
import { startKubernetes, type Kubernetes } from '../servers/kubernetes.ts'
import { run } from '../servers/process.ts'

// The tests before these use the time: this module is loaded before the first of them runs.
void kubernetesTools()

let shared: Promise<Kubernetes> | undefined

/** The shared server, for `before`; skips loudly where its programs cannot be built. */
export async function kubernetesOrSkip(context: Mocha.Context): Promise<Kubernetes> {
  context.timeout(50 * 60_000)
  const tools = await kubernetesTools()
  if ('missing' in tools) return skipLoudly(context, `no Kubernetes API server: ${tools.missing}`)
  if ((await kubectl()) === undefined) return skipLoudly(context, 'no kubectl')
  shared ??= startKubernetes(tools.paths)
  return shared
}

/** Runs kubectl as the administrator. Throws with what it said. */
export async function kubectlTo(server: Kubernetes, ...args: readonly string[]): Promise<string> {
  const path = (await kubectl()) ?? 'kubectl'
  const { stdout } = await run(path, ['--kubeconfig', await server.kubeconfig(), ...args], {
    name: `kubectl ${args[0]}`,
    timeoutMs: 60_000
  })
  return stdout
}

/** A kubeconfig that logs in as a service account, as a pod that mounts its token would; the account must exist. */
export async function kubeconfigOfAccount(server: Kubernetes, namespace: string, name: string): Promise<string> {
  const token = await kubectlTo(server, '--namespace', namespace, 'create', 'token', name)
  return server.kubeconfig(token.trim())
}
