import { Component, type ReactNode } from 'react'
import { CrashedState } from './states.tsx'

interface ErrorBoundaryProps {
  children: ReactNode
  /** Another value gives the page another try, without making anew what is whole. */
  resetKey?: string
}

interface ErrorBoundaryState {
  error: Error | null
  resetKey: string | undefined
}

/** A fault of a page stays in that page: it says so, and how to go on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null, resetKey: this.props.resetKey }

  static getDerivedStateFromError(error: Error): Partial<ErrorBoundaryState> {
    return { error }
  }

  static getDerivedStateFromProps(
    { resetKey }: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): ErrorBoundaryState | null {
    return resetKey === state.resetKey ? null : { error: null, resetKey }
  }

  override render(): ReactNode {
    return this.state.error ? <CrashedState /> : this.props.children
  }
}
