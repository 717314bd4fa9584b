/**
 * What the container runs.
 * @module
 */
import { runContainer } from '../../src/cli/container.ts'
import { plugin } from './index.ts'

await runContainer(plugin)
