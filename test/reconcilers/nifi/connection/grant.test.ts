import assert from 'node:assert/strict'
import { grantFor } from '../../../../reconcilers/nifi/connection/grant.ts'

const id = '88b22190-324e-3dc5-f247-fcf8060da66b'

describe('what to grant', () => {
  // As NiFi 2.3.0 with its own authorizer answers it.
  const known: readonly (readonly [refused: string, grant: string])[] = [
    ['Unable to view the user interface', '"view the user interface" (read /flow)'],
    ['Unable to modify the controller', '"access the controller", modify (write /controller)'],
    ['Unable to modify parameter contexts', '"access parameter contexts", modify (write /parameter-contexts)'],
    [
      `Unable to view Parameter Context with ID ${id}`,
      `"access parameter contexts", view (read /parameter-contexts), or "view the component" on this one (read /parameter-contexts/${id})`
    ],
    [
      `Unable to modify Process Group with ID ${id}`,
      `"modify the component" on it (write /process-groups/${id}) or on the group around it`
    ],
    [
      `Unable to view Processor with ID ${id}`,
      '"view the component" on the process group around it, or on it where it has policies of its own'
    ],
    [
      `Unable to modify the data for Processor with ID ${id}`,
      '"modify the data" on the process group around it (write /data/process-groups/<id>)'
    ],
    [
      'Unable to modify Components requiring additional permission: execute code',
      '"access restricted components" (write /restricted-components)'
    ],
    [
      'No applicable policies could be found',
      '"modify the component", or "operate the component", on the process group around it'
    ]
  ]
  for (const [refused, grant] of known) {
    it(`is told by "${refused.replace(id, '…')}"`, () => {
      assert.equal(grantFor(`${refused}. Contact the system administrator.`), `grant ${grant}`)
    })
  }

  it('is not made up where the words do not tell', () => {
    for (const words of ['', 'HTTP 403 without a reason', 'Access is denied.', 'Unable to view it'])
      assert.equal(grantFor(words), undefined)
  })
})
