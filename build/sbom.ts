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
  /** Undefined: nobody said. */
  readonly licence: string | undefined
}

/** Whether SPDX lists these terms, each of them where several are named, so that a program can decide on them. */
export function isKnownLicence(licence: string): boolean {
  const terms = licence.replaceAll(/[()]/g, '').split(/ (?:OR|AND) /)
  return terms.every((one) => SPDX.isSupportedSpdxId(one.replace(/ WITH [\w.-]+$/, '')))
}

/** Other words than those of SPDX stay as they are: somebody has to look. */
function licenceOf(licence: string): Models.License {
  // Typed, or what is left below would have no type: an id is any string.
  const isId: boolean = SPDX.isSupportedSpdxId(licence)
  if (isId) return new Models.SpdxLicense(licence)
  return isKnownLicence(licence) ? new Models.LicenseExpression(licence) : new Models.NamedLicense(licence)
}

/** CycloneDX 1.6 as JSON; the same text for the same packages: no time, no random serial number. */
export function sbomOf({ name, version, licence }: Subject, packages: readonly BundledPackage[]): string {
  const bom = new Models.Bom()
  const component = new Models.Component(Enums.ComponentType.Application, name, { version, bomRef: name })
  if (licence !== undefined) component.licenses.add(licenceOf(licence))
  bom.metadata.component = component
  for (const one of packages) {
    const part = componentOf(one)
    bom.components.add(part)
    component.dependencies.add(part.bomRef)
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`
}

function componentOf({ name: fullName, version, licence, homepage }: BundledPackage): Models.Component {
  const [name = '', group] = fullName.split('/').toReversed()
  const purl = `pkg:npm/${fullName.replace('@', '%40')}@${version}`
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    ...(group !== undefined && { group }),
    version,
    purl,
    bomRef: purl
  })
  if (licence !== undefined) component.licenses.add(licenceOf(licence))
  if (homepage !== undefined)
    component.externalReferences.add(new Models.ExternalReference(homepage, Enums.ExternalReferenceType.Website))
  return component
}
