import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { z } from 'zod'
import { plugin } from '../../../reconcilers/elasticsearch/index.ts'
import { fileSchema } from '../../../src/cli/schema.ts'

const folder = new URL('../../../manifests/elasticsearch/config/', import.meta.url)
const configMap = z.object({ data: z.record(z.string(), z.string()) })

/** Files of the delivered ConfigMaps. */
const delivered = new Map(
  readdirSync(folder).flatMap((name) =>
    Object.entries(configMap.parse(parse(readFileSync(new URL(name, folder), 'utf8'))).data)
  )
)

/** Files the manifests do not have. */
const others: Readonly<Record<string, unknown>> = {
  'lifecycle-policies.json': {
    logs: {
      policy: {
        phases: {
          hot: { actions: { rollover: { max_age: '1d' } } },
          delete: { min_age: '30d', actions: { delete: {} } }
        }
      }
    }
  },
  'data-streams.json': { 'logs-app': { lifecycle: { data_retention: '30d' } }, 'logs-other': {} }
}

describe('the JSON Schema for editors', () => {
  for (const kind of plugin.kinds) {
    const { file, singleton } = kind
    it(`of ${file}.json accepts what is delivered, and refuses a misspelt field`, () => {
      const text = delivered.get(`${file}.json`)
      const content: unknown = text === undefined ? others[`${file}.json`] : parse(text)
      const validate = new Ajv({ strict: false }).compile(fileSchema(kind, file))
      assert.ok(validate(content), JSON.stringify(validate.errors))
      const misspelt = kind.kind === 'alias' ? { a: { b: { filtre: {} } } } : { a: { reconsile: {} } }
      assert.equal(validate(singleton === undefined ? misspelt : { persistant: {} }), false)
    })
  }
})
