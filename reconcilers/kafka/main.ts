/**
 * What the container runs.
 * @module
 */
import { runContainer } from '../../src/cli/container.ts'
import { plugin } from './index.ts'

process.exitCode = await runContainer(plugin)
