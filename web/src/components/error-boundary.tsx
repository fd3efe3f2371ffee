import { Component, type ReactNode } from 'react'
import { CrashedState } from './states.tsx'

/** A fault of a page stays in that page: it says so, and how to go on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error ? <CrashedState /> : this.props.children
  }
}
