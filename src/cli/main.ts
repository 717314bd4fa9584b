#!/usr/bin/env node
/**
 * Entry of the command line.
 * @module
 */
import { enableCompileCache } from 'node:module'
import { runCommandLine } from './command-line.ts'
import { processHost } from './host.ts'

enableCompileCache()
process.exitCode = await runCommandLine(process.argv.slice(2), processHost())
