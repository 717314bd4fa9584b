import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv, type ValidateFunction } from 'ajv'
import { z } from 'zod'
import { root } from '../../build/bundle.ts'
import { imageLayout } from '../../build/layout.ts'
import { isKnownLicence, sbomOf } from '../../build/sbom.ts'
import { readVersion } from '../../src/sidecar/version.ts'
import { skipLoudly } from '../live/skip.ts'
import { dockerfile as lines } from './dockerfile.ts'
import { layoutOf, revision, type Made } from './layouts.ts'
import { start } from './program.ts'

/** Terms under which a work may be shipped inside another one, as long as it is named. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Python-2.0',
  'CC0-1.0'
])

const licence = z.union([
  z.object({ license: z.object({ id: z.string() }) }).transform((one) => one.license.id),
  z.object({ expression: z.string() }).transform((one) => one.expression)
])
const looseSbomShape = z.object({ components: z.array(z.object({ licenses: z.array(z.unknown()).optional() })) })
const sbomShape = z.object({
  metadata: z.object({ component: z.object({ name: z.string(), version: z.string() }) }),
  components: z.array(
    z.object({
      name: z.string(),
      group: z.string().optional(),
      version: z.string(),
      purl: z.string(),
      licenses: z.array(licence)
    })
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).optional() }))
})

/** The schema CycloneDX publishes, as its own library holds it. */
async function officialSchema(): Promise<ValidateFunction> {
  const schemas = join(root, 'node_modules/@cyclonedx/cyclonedx-library/res/schema')
  const read = async (name: string): Promise<object> =>
    z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await readFile(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')))
  const ajv = new Ajv({
    strict: false,
    formats: { uri: true, 'iri-reference': /^[^\s<>"{}|\\^`]*$/, 'idn-email': /@/, 'date-time': /^\d{4}-\d\d-\d\dT/ }
  })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(await read('bom-1.6'))
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1))
}

describe('what the image of a service holds beside Node', function () {
  this.timeout(600_000)
  let dir = ''
  const layouts = new Map<string, Made>()
  /** Most bytes of JavaScript: about 2.4 MB of each are the client of Kubernetes. */
  const limits = { kafka: 5_000_000, elasticsearch: 6_000_000, nifi: 5_000_000 } as const

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-image-'))
    for (const service of Object.keys(limits)) layouts.set(service, await layoutOf(service))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  const layout = (service: string): Made => layouts.get(service) ?? assert.fail('not built')
  const fileOf = (service: string, name: string): string => join(layout(service).directory, name)
  const sbom = async (service: string) =>
    sbomShape.parse(JSON.parse(await readFile(fileOf(service, 'sbom.cdx.json'), 'utf8')))

  for (const [service, limit] of Object.entries(limits)) {
    describe(service, () => {
      it('is the bundle, the bill of materials and the licences', async () => {
        assert.deepEqual((await readdir(layout(service).directory)).toSorted(), [
          'LICENSES.txt',
          'app',
          'sbom.cdx.json'
        ])
        assert.deepEqual((await readdir(fileOf(service, 'app'))).toSorted(), ['package.json', 'reconcilers', 'src'])
        assert.deepEqual(await readdir(fileOf(service, 'app/reconcilers')), [service])
        const others = (await filesIn(fileOf(service, 'app'))).filter((name) => !/\.js(?:\.LEGAL\.txt)?$/.test(name))
        assert.deepEqual(others, ['package.json'], 'nothing native, nothing to be found at run time')
      })

      it('has every client inside', () => {
        assert.deepEqual(layout(service).missingPeers, [])
        assert.ok(layout(service).bytes < limit, `${layout(service).bytes} bytes`)
      })

      it('lists each package of which something is in the bundle, with its version, and no other', async () => {
        const { components, dependencies } = await sbom(service)
        const listed = components.map(
          ({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`
        )
        assert.deepEqual(listed.toSorted(), await bundledPackages(layout(service).inputs))
        assert.deepEqual(
          dependencies.find(({ ref }) => ref === `${service}-reconciler`)?.dependsOn?.toSorted(),
          components.map(({ purl }) => purl).toSorted()
        )
      })

      it('is described as the schema of CycloneDX 1.6 demands', async () => {
        const validate = await officialSchema()
        const document: unknown = JSON.parse(await readFile(fileOf(service, 'sbom.cdx.json'), 'utf8'))
        assert.ok(validate(document), JSON.stringify(validate.errors))
        assert.ok(
          !validate({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'without a type' }] }),
          'it refuses what is wrong'
        )
      })

      it('is made only of what may be shipped', async () => {
        const refused = (await sbom(service)).components.filter(
          ({ licenses }) => licenses.length === 0 || !licenses.every(isAllowed)
        )
        assert.deepEqual(
          refused.map(({ purl, licenses }) => `${purl}: ${licenses.join(', ')}`),
          []
        )
        assert.deepEqual(layout(service).unclear, [])
      })

      it('comes with the terms of all of it', async () => {
        const text = await readFile(fileOf(service, 'LICENSES.txt'), 'utf8')
        assert.match(text, /^infometis-reconcilers \S+: Apache-2\.0\n\n *Apache License\n/)
        for (const { name, version, licence: terms } of layout(service).packages)
          assert.ok(text.includes(`\n${name} ${version}: ${terms}\n`), name)
        assert.deepEqual(
          layout(service)
            .packages.filter((one) => one.terms.length < 20)
            .map(({ name }) => name),
          []
        )
      })

      it('says which version of which commit it is', async () => {
        const version = `${await readVersion()}+0123456789ab`
        assert.equal((await start(layout(service).commandLine, ['--version'], {}).ended).stdout, `${version}\n`)
        assert.deepEqual((await sbom(service)).metadata.component, {
          ...(await sbom(service)).metadata.component,
          name: `${service}-reconciler`,
          version
        })
      })
    })
  }

  it('holds the WebAssembly of the Kafka client inside its JavaScript', async () => {
    const texts = await Promise.all(
      (await filesIn(fileOf('kafka', 'app'))).map((name) => readFile(fileOf('kafka', join('app', name)), 'utf8'))
    )
    assert.ok(
      texts.some((text) => text.includes('AGFzbQ')),
      'the base64 of its first bytes'
    )
    assert.deepEqual(texts.filter((text) => /["'`]\.{1,2}\/[^"'`]*\.wasm["'`]/.test(text)).length, 0)
  })

  it('is the same, byte for byte, when it is made again, and replaces what was made before', async () => {
    const again = join(dir, 'again')
    await mkdir(join(again, 'app'), { recursive: true })
    await writeFile(join(again, 'app/package.json'), '{"name":"infometis-bundle"}')
    await writeFile(join(again, 'app/chunk-of-an-earlier-one.js'), '')
    await imageLayout('kafka', again, { revision })
    const names = (await filesIn(layout('kafka').directory)).toSorted()
    assert.deepEqual((await filesIn(again)).toSorted(), names)
    for (const name of names)
      assert.ok((await readFile(join(again, name))).equals(await readFile(fileOf('kafka', name))), name)
  })

  it('replaces no files of others', async () => {
    await mkdir(join(dir, 'mine/app'), { recursive: true })
    await writeFile(join(dir, 'mine/app/index.html'), '')
    await assert.rejects(imageLayout('kafka', join(dir, 'mine')), TypeError)
    assert.deepEqual(await filesIn(join(dir, 'mine')), ['app/index.html'])
  })

  it('refuses a version and a commit that are none, and a service that is not there', async () => {
    await assert.rejects(
      imageLayout('kafka', join(dir, 'bad'), { version: 'latest' }),
      /VERSION: expected a semantic version such as 1\.2\.3, found "latest"/
    )
    await assert.rejects(
      imageLayout('kafka', join(dir, 'bad'), { revision: 'main' }),
      /REVISION: expected the hash of a commit, found "main"/
    )
    await assert.rejects(imageLayout('../kafka', join(dir, 'bad')), /found "\.\.\/kafka"/)
    assert.ok(!existsSync(join(dir, 'bad')), 'nothing was written')
  })

  it('keeps the words of a package whose terms SPDX does not list', () => {
    const odd = { name: 'odd', version: '1.0.0', licence: 'SEE LICENSE IN odd.txt', terms: '', homepage: undefined }
    const silent = { ...odd, name: 'silent', licence: undefined }
    const { components } = looseSbomShape.parse(
      JSON.parse(sbomOf({ name: 'x', version: '1.0.0', licence: undefined }, [odd, silent]))
    )
    assert.deepEqual(
      components.map(({ licenses }) => licenses),
      [[{ license: { name: 'SEE LICENSE IN odd.txt' } }], undefined]
    )
  })

  it('knows which terms SPDX lists', () => {
    const known = [
      'MIT',
      '(MIT OR Apache-2.0)',
      'MIT AND (BSD-2-Clause OR ISC)',
      'GPL-2.0-only WITH Classpath-exception-2.0'
    ]
    const unknown = ['UNLICENSED', 'BSD', 'MIT OR', 'MIT OR Mine', 'SEE LICENSE IN LICENSE', '']
    assert.deepEqual([...known, ...unknown].filter(isKnownLicence), known)
  })
})

function isAllowed(terms: string): boolean {
  return terms
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => allowed.has(id)))
}

/** By the manifests that npm's own algorithm finds: the nearest with a name and a version. */
async function bundledPackages(inputs: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  const folders = new Set(inputs.filter((one) => one.includes('node_modules/')).map((path) => dirname(path)))
  for (const path of folders) {
    const words = [...path.split('/'), '']
    for (let length = words.length - 1; length > 0; length -= 1) {
      const manifest = await named(join('/', ...words.slice(0, length), 'package.json'))
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
  it('builds one image for each reconciler of the tree', async () => {
    const targets = (await lines()).flatMap((line) => /^FROM reconciler AS (.*)-reconciler$/.exec(line)?.[1] ?? [])
    assert.deepEqual(targets.toSorted(), (await readdir(join(root, 'reconcilers'))).toSorted())
  })

  it('has the version of package.json unless it is told another', async () => {
    assert.ok((await lines()).includes(`ARG VERSION=${await readVersion()}`))
  })

  it('names no registry, so that a mirror needs no more than two arguments', async () => {
    const bases = (await lines()).flatMap(
      (line) => /^(?:FROM(?: --platform=\S+)?|ARG \w+_IMAGE=) ?(\S+)/.exec(line)?.[1] ?? []
    )
    assert.deepEqual([...new Set(bases)].toSorted(), [
      '${BUILD_IMAGE}',
      '${NODE_IMAGE}',
      'node:24-bookworm-slim',
      'reconciler',
      'scratch'
    ])
  })

  it('runs as the user of the manifests', async () => {
    const manifest = await readFile(join(root, 'manifests/kafka/reconciler-deployment.yaml'), 'utf8')
    const [, user = ''] = /runAsUser: (\d+)/.exec(manifest) ?? []
    assert.ok((await lines()).includes(`USER ${user}:${user}`), user)
  })

  it('makes a root file system of Node, its libraries and their licences alone', async function () {
    this.timeout(120_000)
    if (!existsSync('/var/lib/dpkg/status'))
      skipLoudly(this, 'not a Debian, whose packages tell whose the libraries are')
    const made = await mkdtemp(join(tmpdir(), 'infometis-root-'))
    try {
      await promisify(execFile)('sh', [join(root, 'build/node-root.sh'), process.execPath, made])
      const others = (await filesIn(made)).filter(
        (name) =>
          !/^(?:lib|usr\/lib)(?:64)?\/.*\.so\.\d+$|^usr\/(?:local\/)?share\/doc\/|^var\/lib\/dpkg\/status\.d\//.test(
            name
          )
      )
      assert.deepEqual(others, ['usr/local/bin/node'])
    } finally {
      await rm(made, { recursive: true, force: true })
    }
  })
})
