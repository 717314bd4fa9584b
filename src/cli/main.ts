#!/usr/bin/env node
/**
 * Entry of the command line.
 * @module
 */
// oxlint-disable-next-line import/no-unassigned-import -- has to be in effect before what is imported after it
import './quiet.ts'
import { enableCompileCache } from 'node:module'
import { runCommandLine } from './command-line.ts'
import { processHost } from '../sidecar/host.ts'

enableCompileCache()
process.exitCode = await runCommandLine(process.argv.slice(2), processHost())
