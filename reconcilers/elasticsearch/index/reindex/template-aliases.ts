/**
 * Aliases that templates give to a generation the moment it is made. It must not be found through them before it is
 * full: searches would find documents twice, and an alias with two indices has no write index.
 * @module
 */
import { canonicalMember } from '../../alias/member.ts'
import { aliasesFrom, type LiveAliases } from '../../alias/observe.ts'
import { lostWriteIndex } from '../../alias/write-index.ts'
import { isBody, type Body } from '../../body.ts'
import { valueAt } from '../../body/compare.ts'
import type { Link } from '../../connection/link.ts'
import { encodeName, nameLists } from '../../connection/paths.ts'
import { bodyOf, isRefused } from '../../connection/refusal.ts'
import { moveAliases } from './swap.ts'

/**
 * Why a generation of this name cannot be made without harm: writers of an alias would fail until it has left the
 * alias. Undefined when it can, and where templates may not be asked. Two requests at most, no write.
 */
export async function whyTemplatesHarm(link: Link, index: string, signal: AbortSignal): Promise<string | undefined> {
  const simulated = await link.ask(
    { method: 'POST', path: `/_index_template/_simulate_index/${encodeName(index)}` },
    signal
  )
  const given =
    !isRefused(simulated) && isBody(simulated.body) ? valueAt(simulated.body, ['template', 'aliases']) : undefined
  if (!isBody(given) || Object.keys(given).length === 0) return undefined
  const live = await readAliases(link, Object.keys(given), signal)
  for (const [alias, member] of Object.entries(given)) {
    const before = live.get(alias) ?? new Map<string, Body>()
    const lost = lostWriteIndex(before, new Map([...before, [index, canonicalMember(isBody(member) ? member : {})]]))
    if (lost !== undefined) {
      const harm = `a template puts ${index} into alias ${alias}, whose writers would fail`
      return `${harm}; say is_write_index of ${lost} in ${alias}`
    }
  }
  return undefined
}

async function readAliases(link: Link, names: readonly string[], signal: AbortSignal): Promise<LiveAliases> {
  const answers = await Promise.all(
    nameLists(names).map(({ path }) => link.ask({ method: 'GET', path: `/_alias/${path}` }, signal))
  )
  // Of names of which some do not exist the server shows the others, with a 404.
  return new Map(answers.flatMap(({ body }) => (isBody(body) ? [...aliasesFrom(body)] : [])))
}

/** Takes a generation that was just made out of everything a template has put it into. */
export async function leaveAliases(link: Link, index: string, signal: AbortSignal): Promise<void> {
  const answer = bodyOf(await link.ask({ method: 'GET', path: `/${encodeName(index)}/_alias` }, signal))
  const aliases = valueAt(answer, [index, 'aliases'])
  const names = isBody(aliases) ? Object.keys(aliases) : []
  if (names.length > 0)
    await moveAliases(
      link,
      names.map((alias) => ({ remove: { index, alias, must_exist: true } })),
      signal
    )
}
