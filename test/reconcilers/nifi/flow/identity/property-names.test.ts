/**
 * Properties under the names people see.
 */
import assert from 'node:assert/strict'
import type { Component } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { descriptorsOf, internalNames } from '../../../../../reconcilers/nifi/flow/identity/property-names.ts'
import { inlineWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

const type = 'org.apache.nifi.processors.standard.GenerateFlowFile'

/** `internal: display`, as a download shows it: of 1.18 without `dynamic`. */
function descriptors(names: Readonly<Record<string, string>>, dynamic?: Readonly<Record<string, boolean>>): Body {
  return Object.fromEntries(
    Object.entries(names).map(([name, displayName]) => [
      name,
      { name, displayName, sensitive: false, ...(dynamic && { dynamic: dynamic[name] === true }) }
    ])
  )
}

function live(properties: Body, propertyDescriptors: Body): Component {
  return { identifier: 'gen', type, properties, propertyDescriptors }
}

function named(properties: Body, ...present: readonly Component[]): unknown {
  const group = { processors: present }
  const { group: result, problems } = internalNames(
    { processors: [{ identifier: 'gen', type: 'GenerateFlowFile', properties, propertyDescriptors: {} }] },
    group,
    descriptorsOf([group]),
    inlineWords
  )
  return problems.length > 0
    ? problems.map(({ path, code, message }) => `${path} ${code}: ${message}`)
    : result.processors?.[0]?.['properties']
}

const own = { 'File Size': 'File Size', 'generate-ff-custom-text': 'Custom Text' }

describe('a property', () => {
  it('becomes the one whose display name it was declared by', () => {
    assert.deepEqual(named({ 'Custom Text': 'x', 'File Size': '1 B' }, live({}, descriptors(own))), {
      'generate-ff-custom-text': 'x',
      'File Size': '1 B'
    })
  })

  it('that was made under its display name is unset there', () => {
    const present = { ...own, 'Custom Text': 'Custom Text' }
    for (const dynamic of [undefined, { 'Custom Text': true }]) {
      assert.deepEqual(named({ 'Custom Text': 'x' }, live({ 'Custom Text': 'x' }, descriptors(present, dynamic))), {
        'generate-ff-custom-text': 'x',
        'Custom Text': null
      })
    }
  })

  it('of that very name wins over one that is only shown by it, where NiFi tells which are dynamic', () => {
    const present = { ...own, 'Custom Text': 'Custom Text' }
    assert.deepEqual(named({ 'Custom Text': 'x' }, live({ 'Custom Text': 'x' }, descriptors(present, {}))), {
      'Custom Text': 'x'
    })
  })

  it('stays as it is where nothing tells more', () => {
    assert.deepEqual(named({ 'Custom Text': 'x' }), { 'Custom Text': 'x' })
    assert.deepEqual(named({ 'my.attribute': 'x', constructor: 'y' }, live({}, descriptors(own))), {
      'my.attribute': 'x',
      constructor: 'y'
    })
  })

  it('is declared once', () => {
    assert.deepEqual(named({ 'Custom Text': 'x', 'generate-ff-custom-text': 'x' }, live({}, descriptors(own))), [
      'processors.gen.properties.Custom Text PROPERTY_TWICE: expected a property once, found it as "Custom Text" and as "generate-ff-custom-text", its internal name; keep one of them'
    ])
  })

  it('is not guessed where two are shown by one name', () => {
    assert.deepEqual(named({ Shown: 'x' }, live({}, descriptors({ a: 'Shown', b: 'Shown' }))), [
      'processors.gen.properties.Shown AMBIGUOUS_PROPERTY: expected an internal name, found the display name "Shown" of "a" and "b"'
    ])
  })
})

describe('the names of properties', () => {
  it('are learnt from any live component of the type, wherever it is', () => {
    const elsewhere = { processGroups: [{ identifier: 'inner', processors: [live({}, descriptors(own))] }] }
    const desired = {
      processGroups: [
        { identifier: 'g', processors: [{ identifier: 'new', type, properties: { 'Custom Text': 'x' } }] }
      ]
    }
    const { group } = internalNames(desired, undefined, descriptorsOf([{}, elsewhere]))
    assert.deepEqual(group.processGroups?.[0]?.processors?.[0]?.['properties'], { 'generate-ff-custom-text': 'x' })
  })

  it('are internal already in what NiFi has exported', () => {
    const exported = live({ 'Custom Text': 'x' }, descriptors({ 'Custom Text': 'Custom Text' }))
    assert.deepEqual(
      internalNames(
        { processors: [exported] },
        undefined,
        descriptorsOf([{ processors: [live({}, descriptors(own))] }])
      ).group.processors,
      [exported]
    )
  })

  it('are not guessed for a short type that may be either of two', () => {
    const known = descriptorsOf([
      {
        processors: [
          live({}, descriptors(own)),
          { ...live({}, descriptors(own)), type: 'org.example.GenerateFlowFile' }
        ]
      }
    ])
    const desired = {
      processors: [{ identifier: 'gen', type: 'GenerateFlowFile', properties: { 'Custom Text': 'x' } }]
    }
    assert.deepEqual(internalNames(desired, undefined, known).group.processors, desired.processors)
  })
})
