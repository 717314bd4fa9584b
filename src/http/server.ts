/**
 * The HTTP interface of the sidecar: probes and metrics, open to whoever reaches the port.
 * @module
 */
import fastify, { type FastifyReply } from 'fastify'
import { ReconcileError } from '../errors.ts'
import type { Metrics } from '../report/metrics.ts'
import type { Health, Verdict } from './health.ts'

export interface HttpOptions {
  /** 0 takes any free one. */
  readonly port: number
  readonly health: Health
  readonly metrics: Metrics
}

export interface HttpServer {
  /** The port it listens on. */
  readonly port: number
  close(): Promise<void>
}

/** Listens on all addresses of the pod. Throws VARIABLE_INVALID when the port is taken or may not be used. */
export async function openHttp({ port, health, metrics }: HttpOptions): Promise<HttpServer> {
  const server = fastify({ logger: false, forceCloseConnections: true })
  server.get('/healthz', (_request, reply) => answer(reply, health.live()))
  server.get('/readyz', (_request, reply) => answer(reply, health.ready()))
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
  await listen(server, port)
  const address = server.server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : port, close: () => server.close() }
}

function answer(reply: FastifyReply, { ok, why }: Verdict): FastifyReply {
  return reply
    .code(ok ? 200 : 503)
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(`${ok ? 'ok' : 'not ok'}: ${why}\n`)
}

/** Every address of both families; of one where the other is switched off. */
async function listen(
  server: { listen(options: { port: number; host: string }): Promise<string> },
  port: number
): Promise<void> {
  try {
    await server.listen({ port, host: '::' }).catch((error: unknown) => {
      if (listenErrorCode(error) !== 'EAFNOSUPPORT' && listenErrorCode(error) !== 'EADDRNOTAVAIL') throw error
      return server.listen({ port, host: '0.0.0.0' })
    })
  } catch (error) {
    const found = `found ${port} (${listenErrorCode(error)})`
    throw new ReconcileError(
      'VARIABLE_INVALID',
      `HTTP_PORT: expected a port that is free and may be used, ${found}; for example 8081, or off for no HTTP at all`,
      { cause: error }
    )
  }
}

function listenErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
