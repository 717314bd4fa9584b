/**
 * The fake service as a module that `--plugin` loads; each test puts a server of its own behind it.
 * @module
 */
import type { Plugin } from '../../src/contract.ts'
import { FakeServer } from '../../src/testing/fake-server.ts'
import { fakePlugin } from '../../src/testing/fake-service.ts'

let current = new FakeServer()

/** A new server behind the plugin. */
export function newServer(): FakeServer {
  current = new FakeServer()
  return current
}

export const plugin: Plugin = { ...fakePlugin(), open: (environment) => fakePlugin(current).open(environment) }
