import { Component, type ReactNode } from 'react'
import { CrashedState } from './states.tsx'

interface ErrorBoundaryProps {
  children: ReactNode
  /** When this value changes, the boundary renders its children again. */
  resetKey?: string
  /** Shown after an error, in place of a message about the page. */
  fallback?: ReactNode
}

interface ErrorBoundaryState {
  error: Error | null
  resetKey: string | undefined
}

/** Catches an error of a page, so that the rest of the app keeps working, and offers a reload. */
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
    return this.state.error ? (this.props.fallback ?? <CrashedState />) : this.props.children
  }
}
