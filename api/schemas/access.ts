import { Type } from 'typebox'
import { roles, type Role } from '../../automation/rights.ts'

export const roleSchema = Type.Unsafe<Role>(Type.Union(roles.map((role) => Type.Literal(role))))

const name = '[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?'

const place = `^${name}(/${name})?$`

export const isScope = (text: string): boolean => new RegExp(place).test(text)

export const scopeSchema = Type.Array(Type.String({ pattern: place }), {
  minItems: 1,
  maxItems: 100,
  description: 'What it is good for: `migration`, or `migration/workload`. Left out: everything.',
})
