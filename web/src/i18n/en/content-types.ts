export const contentTypes = {
  title: 'Content types',
}
