import { expect, it } from 'vitest'
import { newId } from '../../../automation/store/ids.ts'

it('ids of one process sort in the order in which they were made, many in a millisecond', () => {
  const made = Array.from({ length: 2000 }, () => newId('hold'))
  expect([...made].sort()).toEqual(made)
  expect(new Set(made).size).toBe(made.length)
  for (const id of made) expect(id).toMatch(/^hold-[a-z0-9]{8}[0-9a-f]{10}$/)
})
