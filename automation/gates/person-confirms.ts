import { closed, open, type Gate } from './gate.ts'

export const personConfirms: Gate = {
  asks: 'has a person said that blue may be retired?',
  needs: [],
  ask: ({ confirmation }) =>
    confirmation
      ? open(`${confirmation.by} confirmed: ${confirmation.reason}`)
      : closed('a person has to confirm that blue may be retired (POST confirm)'),
}
