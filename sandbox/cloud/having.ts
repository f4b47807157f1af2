/** An SDK type of which these members are always there. */
export type Having<Shape, Member extends keyof Shape> = Shape & { [Name in Member]-?: NonNullable<Shape[Name]> }
