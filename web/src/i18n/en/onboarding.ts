export const onboarding = {
  title: 'Connect WordPress',
}
