import assert from 'node:assert/strict'
import { join } from 'node:path'
import { readValue } from '../../../../reconcilers/nifi/parameter-context/value-file.ts'

describe('a file with the value of a parameter', () => {
  it('that is not there is named, with what to do', async () => {
    const file = join(import.meta.dirname, 'nowhere', 'token')
    await assert.rejects(readValue('token', { source: { file }, sensitive: true }), {
      code: 'CONFIG_INVALID',
      message: `parameter "token": expected a file with its value at "${file}", found no such file (ENOENT); mount it, from a Secret say`
    })
  })

  it('that is a directory is no file', async () => {
    await assert.rejects(readValue('token', { source: { file: import.meta.dirname }, sensitive: true }), {
      message: /found something else, such as a directory$/
    })
  })
})
