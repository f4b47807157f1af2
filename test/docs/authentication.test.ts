import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { issuerSchema, readIssuers } from '../../api/auth/issuers.ts'
import { rights, roles } from '../../automation/rights.ts'
import { codesIn, column, namesIn, tableOf, textOf } from './pages.ts'

const page = 'docs/authentication.md'

test('every right, the role that it takes, and what it is for', () => {
  const table = tableOf(page, 'Roles')
  const known = Object.entries(rights).map(([right, { role, what }]) => [right, role, what])
  const written = namesIn(table, 'right').map((right, row) => [
    right,
    column(table, 'role')[row],
    column(table, 'to')[row],
  ])
  expect(written).toEqual(known)
})

test('the roles, in their order', () => {
  const [, order = ''] = /## Roles\n\n(.*), in rising order/.exec(textOf(page)) ?? []
  expect(codesIn(order)).toEqual(roles)
})

test('every key of an issuer, and whether it is required', () => {
  const table = tableOf(page, 'Bearer tokens (OpenID Connect)')
  const written = namesIn(table, 'key').map((key, row) => [key, column(table, 'required')[row] === 'yes'])
  const { properties, required } = issuerSchema as { properties: object; required?: readonly string[] }
  expect(written).toEqual(Object.keys(properties).map((key) => [key, required?.includes(key) ?? false]))
})

test('the file of issuers is one that the service takes', () => {
  const [, text = ''] = /```yaml\n(issuers:[^]*?)```/.exec(textOf(page)) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'issuers-'))
  const file = join(folder, 'oidc.yaml')
  writeFileSync(file, text)
  const issuers = readIssuers(file).map(({ issuer }) => issuer)
  rmSync(folder, { recursive: true })
  expect(issuers).toEqual([
    'https://token.actions.githubusercontent.com',
    'https://gitlab.example.com',
    'https://login.example.com/realms/staff',
  ])
})
