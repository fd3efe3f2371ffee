export const merge = {
  text: 'Choose a side for each block that differs. Blocks that are the same on both sides stay.',
  tooLarge: 'The texts are too large to be compared block by block. Put the result together below.',
  difference: 'Difference {n} of {count}',
  leaveOut: '(not there: left out)',
  result: 'Result',
  resultHelp: 'Both sides get this text. You can still change it.',
  edited: 'You have changed the result, so the blocks can’t be chosen any more.',
  startOver: 'Start over',
  preview: 'The result as visitors read it',
}
