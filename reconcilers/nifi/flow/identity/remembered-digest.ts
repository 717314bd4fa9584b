/**
 * Digests of groups that are looked at again and again.
 * @module
 */
import { remember } from '../../../../src/plugin.ts'
import { digestOf } from '../definition/canonical.ts'
import type { Group } from '../definition/model.ts'

/** `digestOf`, once for each group. */
export const rememberedDigest: (group: Group) => string = remember(digestOf)
