/** Texts of the list that everybody sees; those of changes of many items are loaded with them. */
export const itemList = {
  sort: {
    label: 'Sort by',
    best: 'Best match',
    newest: 'Newest first',
    title: 'Title, A to Z',
    '-title': 'Title, Z to A',
    date: 'Date, oldest first',
    '-date': 'Date, newest first',
    updated: 'Change, oldest first',
    '-updated': 'Change, newest first',
    state: 'State, problems first',
  },
  hint: 'Title or text',
  searching: 'Still searching texts…',
  shortcuts: 'Shortcuts',
  select: {
    one: 'Select “{title}”',
    all: 'Select all shown',
    count: '{count, plural, =0 {Nothing selected} one {# selected} other {# selected}}',
    everything: 'Everything that matches is selected',
  },
}
