/**
 * What an image is made of, as a CycloneDX document.
 * @module
 */
import { Enums, Models, Serialize, Spec, SPDX } from '@cyclonedx/cyclonedx-library'
import type { BundledPackage } from './packages.ts'

/** The image the document is about. */
export interface Subject {
  /** E.g. `kafka-reconciler`. */
  readonly name: string
  readonly version: string
}

/** Licences of SPDX only: for everything else somebody has to look first. */
function licenceOf({ name, licence }: Pick<BundledPackage, 'name' | 'licence'>): Models.License {
  // Typed, or what is left below would have no type: an id is any string.
  const isId: boolean = SPDX.isSupportedSpdxId(licence)
  if (isId) return new Models.SpdxLicense(licence)
  if (/ (?:OR|AND|WITH) /.test(licence)) return new Models.LicenseExpression(licence)
  throw new Error(`${name}: expected a licence that SPDX lists, found "${licence}"`)
}

/** CycloneDX 1.6 as JSON; the same text for the same packages: no time, no random serial number. */
export function sbomOf(subject: Subject, packages: readonly BundledPackage[]): string {
  const bom = new Models.Bom()
  const component = new Models.Component(Enums.ComponentType.Application, subject.name, { version: subject.version, bomRef: subject.name })
  component.licenses.add(new Models.SpdxLicense('Apache-2.0'))
  bom.metadata.component = component
  for (const one of packages) {
    const part = componentOf(one)
    bom.components.add(part)
    component.dependencies.add(part.bomRef)
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`
}

function componentOf(one: BundledPackage): Models.Component {
  const [name = '', group] = one.name.split('/').toReversed()
  const purl = `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`
  const component = new Models.Component(Enums.ComponentType.Library, name, { ...(group !== undefined && { group }), version: one.version, purl, bomRef: purl })
  component.licenses.add(licenceOf(one))
  if (one.homepage !== undefined) component.externalReferences.add(new Models.ExternalReference(one.homepage, Enums.ExternalReferenceType.Website))
  return component
}
