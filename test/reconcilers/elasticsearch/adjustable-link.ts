/**
 * A link whose answers a test changes while it runs.
 * @module
 */
import type { Answer, Link, Request } from '../../../reconcilers/elasticsearch/connection/link.ts'

/** Answers by path; what is not scripted is a 404 without a reason. */
export class AdjustableLink implements Link {
  readonly patience = { timeout: '9000ms', master_timeout: '9000ms' }
  readonly requests: Request[] = []
  readonly answers: Record<string, () => Answer | Promise<Answer>> = {}

  async ask(request: Request): Promise<Answer> {
    this.requests.push(request)
    await Promise.resolve()
    return this.answers[request.path]?.() ?? { status: 404, body: {} }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** The paths asked since the last call. */
  take(): string[] {
    return this.requests.splice(0).map(({ path }) => path)
  }
}
