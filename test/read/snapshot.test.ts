import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, readlink, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { ReconcileError } from '../../src/errors.ts'
import { digestOf, readSnapshot } from '../../src/read/snapshot.ts'
import { AtomicWriter } from './kubelet.ts'
import { rounds } from '../rounds.ts'
import { inTemporaryDirectory, payloadOf, versionOf } from './versions.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

/** The error that a reading ends with. */
async function refusal(...given: Parameters<typeof readSnapshot>): Promise<ReconcileError> {
  const reading = await readSnapshot(...given).catch((error: unknown) => error)
  assert.ok(reading instanceof ReconcileError, 'expected a ReconcileError')
  return reading
}

/** Lets nothing happen in this thread, in ms; the threads that read files go on. */
function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe('A digest', () => {
  /** Few letters, those of the digest's own framing among them, so that collisions would be found. */
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '0', '1', ':'), maxLength: 5 })
  const files = fc.uniqueArray(fc.tuple(text, text.map(bytes)), { selector: ([name]) => name, maxLength: 3 })

  it('does not depend on the order of the files', () => {
    fc.assert(
      fc.property(files, (entries) => {
        assert.equal(digestOf(new Map(entries)), digestOf(new Map(entries.toReversed())))
      })
    )
  })

  it('is equal exactly when names and bytes are', () => {
    fc.assert(
      fc.property(files, files, (one, other) => {
        const [a, b] = [new Map(one), new Map(other)]
        assert.equal(digestOf(a) === digestOf(b), isDeepStrictEqual(a, b))
      }),
      { numRuns: rounds(300, 2_000) }
    )
  })

  it('changes when bytes move between a name, its content and the next file', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2, maxLength: 12 }), fc.nat(), fc.nat(), (whole, one, other) => {
        const split = (at: number): Map<string, Uint8Array> => {
          const cut = 1 + (at % (whole.length - 1))
          return new Map([[whole.slice(0, cut), bytes(whole.slice(cut))]])
        }
        const same = one % (whole.length - 1) === other % (whole.length - 1)
        assert.equal(digestOf(split(one)) === digestOf(split(other)), same)
      })
    )
    const variants = [
      [
        ['a', 'b1:c'],
        ['d', '']
      ],
      [
        ['a', 'b'],
        ['c', 'd']
      ],
      [
        ['a', 'b1:c1:d'],
        ['', '']
      ],
      [['a', 'b1:c1:d']],
      [['ab', '1:c1:d']],
      [['a1:b', 'c1:d']],
      [
        ['a', ''],
        ['b1:c1:d', '']
      ],
      []
    ] as const
    const digests = variants.map((entries) =>
      digestOf(new Map(entries.map(([name, content]) => [name, bytes(content)])))
    )
    assert.equal(new Set(digests).size, variants.length)
  })

  it('is the SHA-256 over name and content with their lengths', () => {
    assert.equal(digestOf(new Map()), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    // The length of a name is in bytes too: é is two.
    assert.equal(
      digestOf(
        new Map([
          ['é', bytes('yz')],
          ['a', bytes('x')]
        ])
      ),
      // printf '1:a1:x2:é2:yz' | sha256sum
      '678b9ac392c546853521506b6d51d96e194bd17a0a24b96ba3d48fadd9fe14a0'
    )
  })
})

describe('A snapshot of a mounted volume', () => {
  for (const generation of ['older', 'newer'] as const) {
    it(`is never a mix of versions and never an error while a kubelet (${generation}) updates every 3 ms`, async () => {
      await inTemporaryDirectory(async (directory) => {
        const writer = new AtomicWriter(directory, { generation })
        await writer.write(payloadOf(0))
        const enough = rounds(50, 500)
        let written = 0
        let seen = 0
        const begun = Date.now()
        // A busy machine gets the time it takes to prove it.
        const isOver = (): boolean => (written > enough && seen > enough) || Date.now() > begun + 15_000
        const write = async (): Promise<void> => {
          while (!isOver()) {
            await writer.write(payloadOf((written += 1)))
            await sleep(3)
          }
        }
        const read = async (): Promise<void> => {
          while (!isOver()) {
            const oldest = seen
            const snapshot = await readSnapshot(directory)
            seen = versionOf(snapshot)
            assert.ok(seen >= oldest, `version ${seen} after ${oldest}`)
            assert.ok(snapshot.mounted)
          }
        }
        await Promise.all([write(), read()])
        assert.ok(written > enough && seen > enough, `too few versions to prove it: ${written} written, ${seen} seen`)
        assert.equal(versionOf(await readSnapshot(directory)), written)
      })
    })
  }

  it('never lacks a file of a version that is deleted while it is read', async () => {
    await inTemporaryDirectory(async (directory) => {
      const at = (...path: string[]): string => join(directory, ...path)
      for (const version of ['..1', '..2']) {
        await mkdir(at(version))
        for (const name of ['a', 'b']) await writeFile(at(version, name), version)
      }
      await symlink('..1', at('..data'))
      await symlink('..2', at('..data_tmp'))
      const reading = readSnapshot(directory)
      // The link is resolved while this thread stands still; the answer comes after the old version has lost a file.
      pauseThread(100)
      renameSync(at('..data_tmp'), at('..data'))
      rmSync(at('..1', 'a'))
      const { files } = await reading
      assert.deepEqual(
        [...files].map(([name, content]) => [name, content.toString()]),
        [
          ['a', '..2'],
          ['b', '..2']
        ]
      )
    })
  })

  it('ignores visible links that are not in the version in force', async () => {
    await inTemporaryDirectory(async (directory) => {
      await new AtomicWriter(directory, { generation: 'newer' }).write({ 'topics.json': '{}' })
      await symlink('..data/cluster.json', join(directory, 'cluster.json'))
      assert.deepEqual([...(await readSnapshot(directory)).files.keys()], ['topics.json'])
    })
  })

  it('is empty for a ConfigMap that is optional and absent, and when all keys are removed', async () => {
    await inTemporaryDirectory(async (directory) => {
      const writer = new AtomicWriter(directory, { generation: 'newer' })
      await writer.write({})
      const empty = await readSnapshot(directory)
      assert.deepEqual([empty.mounted, empty.files.size], [true, 0])
      await writer.write({ a: '1' })
      await writer.write({})
      assert.equal((await readSnapshot(directory)).digest, empty.digest)
    })
  })

  it('is the same when the same keys are written again', async () => {
    await inTemporaryDirectory(async (directory) => {
      const writer = new AtomicWriter(directory, { generation: 'older' })
      await writer.write({ a: '1', b: '2' })
      const before = await readSnapshot(directory)
      const version = await readlink(join(directory, '..data'))
      await writer.write({ a: '1', b: '3' })
      await writer.write({ b: '2', a: '1' })
      assert.notEqual(await readlink(join(directory, '..data')), version)
      assert.equal((await readSnapshot(directory)).digest, before.digest)
    })
  })

  it('is refused when ..data points nowhere, even without a key', async () => {
    await inTemporaryDirectory(async (directory) => {
      await symlink('..gone', join(directory, '..data'))
      const error = await refusal(directory)
      assert.equal(error.code, 'CONFIG_MISSING')
      assert.match(error.message, /\.\.gone": it does not exist/)
    })
  })
})

describe('A snapshot of a plain directory', () => {
  it('holds the bytes of regular files and of links to files, in name order', async () => {
    await inTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'topics.json'), Uint8Array.of(0, 255, 10))
      await writeFile(join(directory, '.source'), 'linked')
      await symlink('.source', join(directory, 'policy.yaml'))
      const snapshot = await readSnapshot(directory)
      assert.deepEqual(
        [...snapshot.files].map(([name, content]) => [name, [...content]]),
        [
          ['policy.yaml', [...bytes('linked')]],
          ['topics.json', [0, 255, 10]]
        ]
      )
      assert.equal(snapshot.mounted, false)
      assert.equal(snapshot.digest, digestOf(snapshot.files))
    })
  })

  it('leaves out hidden files, sub-directories and links to directories', async () => {
    await inTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'topics.json'), '{}')
      const { digest } = await readSnapshot(directory)
      await writeFile(join(directory, '.topics.json.swp'), 'x')
      await writeFile(join(directory, '..hidden'), 'x')
      await mkdir(join(directory, 'flows'))
      await writeFile(join(directory, 'flows', 'inner.json'), '{}')
      await symlink('flows', join(directory, 'linked'))
      assert.equal((await readSnapshot(directory)).digest, digest)
    })
  })

  it('does not depend on times and permissions', async () => {
    await inTemporaryDirectory(async (directory) => {
      const path = join(directory, 'topics.json')
      await writeFile(path, '{}')
      const { digest } = await readSnapshot(directory)
      await utimes(path, 1, 1)
      await chmod(path, 0o400)
      assert.equal((await readSnapshot(directory)).digest, digest)
    })
  })

  it('is empty for an empty directory', async () => {
    await inTemporaryDirectory(async (directory) => {
      const { files, digest } = await readSnapshot(directory)
      assert.deepEqual([files.size, digest], [0, digestOf(new Map())])
    })
  })

  it('never holds a file half-written by a writer that needs less than 100 ms', async () => {
    await inTemporaryDirectory(async (directory) => {
      const path = join(directory, 'topics.json')
      await writeFile(path, 'whole 0')
      const versions = rounds(3, 30)
      let complete = 0
      const isOver = (): boolean => complete >= versions
      const write = async (): Promise<void> => {
        for (let version = 1; !isOver(); version += 1) {
          // This thread stands still meanwhile, so that the file is not half-written for longer on a busy machine.
          writeFileSync(path, 'ha')
          pauseThread(20)
          writeFileSync(path, `whole ${version}`)
          complete = version
          await sleep(180)
        }
      }
      const read = async (): Promise<void> => {
        while (!isOver()) {
          const content = Buffer.from((await readSnapshot(directory)).files.get('topics.json') ?? []).toString()
          assert.match(content, /^whole \d+$/)
        }
      }
      await Promise.all([write(), read()])
    })
  })

  it('follows a directory that becomes a mounted volume', async () => {
    await inTemporaryDirectory(async (directory) => {
      const reading = readSnapshot(directory)
      await new AtomicWriter(directory, { generation: 'older' }).write(payloadOf(12))
      const snapshot = await reading
      assert.equal(versionOf(snapshot), 12)
      assert.equal(snapshot.mounted, true)
    })
  })
})

describe('A directory that cannot be read', () => {
  const cases = [
    ['it is missing', (path: string) => rm(path, { recursive: true }), 'it does not exist'],
    [
      'it is a file',
      (path: string) => rename(path, `${path}.d`).then(() => writeFile(path, '')),
      'it is not a directory'
    ]
  ] as const
  for (const [what, arrange, reason] of cases) {
    it(`is CONFIG_MISSING with path and reason when ${what}`, async () => {
      await inTemporaryDirectory(async (parent) => {
        const directory = join(parent, 'config')
        await mkdir(directory)
        await arrange(directory)
        const error = await refusal(directory)
        assert.equal(error.code, 'CONFIG_MISSING')
        assert.equal(error.message, `cannot read the configuration directory "${directory}": ${reason}`)
        assert.ok(error.retryable)
      })
    })
  }

  it('is CONFIG_MISSING with path and reason when permission is denied', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory, { mode: 0 })
      await chmod(parent, 0o755)
      const isRoot = process.geteuid?.() === 0
      // Root may read everything, so it becomes nobody for the time of this reading.
      if (isRoot) process.seteuid?.(65_534)
      try {
        const error = await refusal(directory)
        assert.equal(error.code, 'CONFIG_MISSING')
        assert.equal(error.message, `cannot read the configuration directory "${directory}": permission denied`)
      } finally {
        if (isRoot) process.seteuid?.(0)
        await chmod(directory, 0o700)
      }
    })
  })

  it('says what the system says when it is another reason', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await symlink('config', directory)
      const { code, message } = await refusal(directory)
      assert.equal(code, 'CONFIG_MISSING')
      assert.match(message, /^cannot read the configuration directory "[^"]+\/config": ELOOP/)
    })
  })

  it('names the link that points nowhere', async () => {
    await inTemporaryDirectory(async (directory) => {
      await symlink('nowhere', join(directory, 'topics.json'))
      const error = await refusal(directory)
      assert.equal(error.code, 'CONFIG_MISSING')
      assert.equal(
        error.message,
        `cannot read the configuration file "${join(directory, 'topics.json')}": it does not exist`
      )
    })
  })

  it('is a CONFLICT, worth another try, when it never holds still', async () => {
    await inTemporaryDirectory(async (directory) => {
      // Another text at every reading.
      await symlink('/proc/sys/kernel/random/uuid', join(directory, 'topics.json'))
      const error = await refusal(directory, undefined, 4)
      assert.deepEqual([error.code, error.retryable], ['CONFLICT', true])
    })
  })

  it('is given up when the signal says so', async () => {
    await inTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'topics.json'), '{}')
      assert.equal((await refusal(directory, AbortSignal.timeout(20))).code, 'TIMEOUT')
    })
  })
})
