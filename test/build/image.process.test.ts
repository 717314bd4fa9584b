import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv, type ValidateFunction } from 'ajv'
import { z } from 'zod'
import { packageVersion, root } from '../../build/bundle.ts'
import { imageLayout, type ImageLayout } from '../../build/image.ts'
import { sbomOf } from '../../build/sbom.ts'
import { skipLoudly } from '../live/skip.ts'
import { start } from './program.ts'

/** Terms under which a work may be shipped inside another one, as long as it is named. */
const allowed = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'Unlicense', 'Python-2.0', 'CC0-1.0'])

const revision = '0123456789abcdef0123456789abcdef01234567'

const licence = z.union([z.object({ license: z.object({ id: z.string() }) }).transform((one) => one.license.id), z.object({ expression: z.string() }).transform((one) => one.expression)])
const sbomShape = z.object({
  metadata: z.object({ component: z.object({ name: z.string(), version: z.string() }) }),
  components: z.array(z.object({ name: z.string(), group: z.string().optional(), version: z.string(), purl: z.string(), licenses: z.array(licence) })),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).optional() }))
})

/** The schema CycloneDX publishes, as its own library holds it. */
async function officialSchema(): Promise<ValidateFunction> {
  const schemas = join(root, 'node_modules/@cyclonedx/cyclonedx-library/res/schema')
  const read = async (name: string): Promise<object> => z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')))
  const ajv = new Ajv({ strict: false, formats: { uri: true, 'iri-reference': /^[^\s<>"{}|\\^`]*$/, 'idn-email': /@/, 'date-time': /^\d{4}-\d\d-\d\dT/ } })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(await read('bom-1.6'))
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
}

describe('what the image of a service holds beside Node', function () {
  this.timeout(600_000)
  let dir = ''
  const layouts = new Map<string, ImageLayout>()
  const services = ['kafka', 'elasticsearch', 'nifi'] as const

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-image-'))
    for (const service of services) layouts.set(service, await imageLayout(service, join(dir, service), { revision }))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  const layout = (service: string): ImageLayout => layouts.get(service) ?? assert.fail('not built')
  const sbom = async (service: string) => sbomShape.parse(JSON.parse(await readFile(join(dir, service, 'sbom.cdx.json'), 'utf8')))

  for (const service of services) {
    describe(service, () => {
      it('is the bundle, the bill of materials and the licences', async () => {
        assert.deepEqual((await readdir(join(dir, service))).toSorted(), ['LICENSES.txt', 'app', 'sbom.cdx.json'])
        assert.deepEqual((await readdir(join(dir, service, 'app'))).toSorted(), ['package.json', 'reconcilers', 'src'])
        assert.deepEqual(await readdir(join(dir, service, 'app/reconcilers')), [service])
        const others = (await filesIn(join(dir, service, 'app'))).filter((name) => !/\.js(?:\.LEGAL\.txt)?$/.test(name))
        assert.deepEqual(others, ['package.json'], 'nothing native, nothing to be found at run time')
      })

      it('lists each package of which something is in the bundle, with its version, and no other', async () => {
        const { components, dependencies } = await sbom(service)
        const listed = components.map(({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`)
        assert.deepEqual(listed.toSorted(), await bundledPackages(layout(service).inputs))
        assert.deepEqual(dependencies.find(({ ref }) => ref === `${service}-reconciler`)?.dependsOn?.toSorted(), components.map(({ purl }) => purl).toSorted())
      })

      it('is described as the schema of CycloneDX 1.6 demands', async () => {
        const validate = await officialSchema()
        const document: unknown = JSON.parse(await readFile(join(dir, service, 'sbom.cdx.json'), 'utf8'))
        assert.ok(validate(document), JSON.stringify(validate.errors))
        assert.ok(!validate({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'without a type' }] }), 'it refuses what is wrong')
      })

      it('is made only of what may be shipped', async () => {
        const refused = (await sbom(service)).components.filter(({ licenses }) => licenses.length === 0 || !licenses.every(isAllowed))
        assert.deepEqual(refused.map(({ purl, licenses }) => `${purl}: ${licenses.join(', ')}`), [])
      })

      it('comes with the terms of all of it', async () => {
        const text = await readFile(join(dir, service, 'LICENSES.txt'), 'utf8')
        assert.match(text, /^InfoMetis Reconcilers: Apache-2\.0\n/)
        for (const { name, version, licence: terms } of layout(service).packages) assert.ok(text.includes(`\n${name} ${version}: ${terms}\n`), name)
        assert.deepEqual(layout(service).packages.filter((one) => one.terms.length < 20).map(({ name }) => name), [])
      })

      it('says which version of which commit it is', async () => {
        const version = `${await packageVersion()}+0123456789ab`
        assert.equal((await start(join(dir, service, 'app/src/cli/main.js'), ['--version'], {}).ended).stdout, `${version}\n`)
        assert.deepEqual((await sbom(service)).metadata.component, { ...(await sbom(service)).metadata.component, name: `${service}-reconciler`, version })
      })
    })
  }

  it('holds the WebAssembly of the Kafka client inside its JavaScript', async () => {
    const texts = await Promise.all((await filesIn(join(dir, 'kafka/app'))).map((name) => readFile(join(dir, 'kafka/app', name), 'utf8')))
    assert.ok(texts.some((text) => text.includes('AGFzbQ')), 'the base64 of its first bytes')
    assert.deepEqual(texts.filter((text) => /["'`]\.{1,2}\/[^"'`]*\.wasm["'`]/.test(text)).length, 0)
  })

  it('is the same, byte for byte, when it is made again', async () => {
    const [first, second] = [join(dir, 'first'), join(dir, 'second')]
    await Promise.all([first, second].map((path) => imageLayout('kafka', path, { revision })))
    const names = (await filesIn(first)).toSorted()
    assert.deepEqual((await filesIn(second)).toSorted(), names)
    for (const name of names) assert.ok((await readFile(join(first, name))).equals(await readFile(join(second, name))), name)
  })

  it('refuses a version and a commit that are none', async () => {
    await assert.rejects(imageLayout('kafka', join(dir, 'bad'), { version: 'latest' }), /VERSION: expected a semantic version such as 1\.2\.3, found "latest"/)
    await assert.rejects(imageLayout('kafka', join(dir, 'bad'), { revision: 'main' }), /REVISION: expected the hash of a commit, found "main"/)
  })

  it('refuses to describe a package under terms that SPDX does not list', () => {
    const one = { name: 'odd', version: '1.0.0', licence: 'SEE LICENSE IN odd.txt', terms: '', homepage: undefined }
    assert.throws(() => sbomOf({ name: 'x', version: '1.0.0' }, [one]), /odd: expected a licence that SPDX lists, found "SEE LICENSE IN odd\.txt"/)
  })
})

function isAllowed(terms: string): boolean {
  return terms.replaceAll(/[()]/g, '').split(' OR ').some((choice) => choice.split(' AND ').every((id) => allowed.has(id)))
}

/** By the manifests that npm's own algorithm finds: the nearest with a name and a version. */
async function bundledPackages(inputs: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  const folders = new Set(inputs.filter((one) => one.includes('node_modules/')).map((path) => dirname(path)))
  for (const path of folders) {
    const words = [...path.split('/'), '']
    for (let length = words.length - 1; length > 0; length -= 1) {
      const manifest = await named(join(root, ...words.slice(0, length), 'package.json'))
      if (manifest === undefined) continue
      found.add(manifest)
      break
    }
  }
  return [...found].toSorted()
}

async function named(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '{}')
  const manifest = z.object({ name: z.string(), version: z.string() }).safeParse(JSON.parse(text))
  return manifest.success ? `${manifest.data.name}@${manifest.data.version}` : undefined
}

describe('the Dockerfile', () => {
  const lines = async (): Promise<readonly string[]> => (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n')

  it('builds one image for each reconciler of the tree', async () => {
    const targets = (await lines()).flatMap((line) => /^FROM reconciler AS (.*)-reconciler$/.exec(line)?.[1] ?? [])
    assert.deepEqual(targets.toSorted(), (await readdir(join(root, 'reconcilers'))).toSorted())
  })

  it('has the version of package.json unless it is told another', async () => {
    assert.ok((await lines()).includes(`ARG VERSION=${await packageVersion()}`))
  })

  it('names no registry, so that a mirror needs no more than two arguments', async () => {
    const bases = (await lines()).flatMap((line) => /^(?:FROM(?: --platform=\S+)?|ARG \w+_IMAGE=) ?(\S+)/.exec(line)?.[1] ?? [])
    assert.deepEqual([...new Set(bases)].toSorted(), ['${BUILD_IMAGE}', '${NODE_IMAGE}', 'node:24-bookworm-slim', 'reconciler', 'scratch'])
  })

  it('runs as the user of the manifests', async () => {
    const manifest = await readFile(join(root, 'manifests/kafka/reconciler-deployment.yaml'), 'utf8')
    const [, user = ''] = /runAsUser: (\d+)/.exec(manifest) ?? []
    assert.ok((await lines()).includes(`USER ${user}:${user}`), user)
  })

  it('makes a root file system of Node, its libraries and their licences alone', async function () {
    this.timeout(120_000)
    if (!existsSync('/var/lib/dpkg/status')) skipLoudly(this, 'not a Debian, whose packages tell whose the libraries are')
    const made = await mkdtemp(join(tmpdir(), 'infometis-root-'))
    try {
      await promisify(execFile)('sh', [join(root, 'build/node-root.sh'), process.execPath, made])
      const others = (await filesIn(made)).filter((name) => !/^(?:lib|usr\/lib)(?:64)?\/.*\.so\.\d+$|^usr\/(?:local\/)?share\/doc\/|^var\/lib\/dpkg\/status\.d\//.test(name))
      assert.deepEqual(others, ['usr/local/bin/node'])
    } finally {
      await rm(made, { recursive: true, force: true })
    }
  })
})
