<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

use Igny8\Bridge\Publishing\Overdue_Publisher;

/**
 * Checks whether scheduled posts are published on time.
 */
final class Schedule_Check implements Check {

	/** A post that is later than this is not published by the plugin either. */
	private const MISSED_S = 2 * HOUR_IN_SECONDS;

	/** How long a late post is reported after it was published. */
	private const REPORTED_S = WEEK_IN_SECONDS;

	private Overdue_Publisher $publisher;

	public function __construct( Overdue_Publisher $publisher ) {
		$this->publisher = $publisher;
	}

	public function run(): array {
		$state    = $this->publisher->describe();
		$last     = $state['last_published'];
		$evidence = $this->evidence( $state );
		if ( [] !== $state['posts'] ) {
			return [ $this->late( $state['posts'], $evidence ) ];
		}
		if ( null !== $last && $last['at'] > time() - self::REPORTED_S ) {
			/* translators: %d: post id. */
			return [ $this->finding( Finding::INFO, sprintf( __( 'WordPress missed the time of post %d.', 'igny8-wordpress-bridge' ), $last['id'] ), $evidence ) ];
		}
		return [ Finding::ok( 'cron', 'schedule_kept', __( 'Scheduled posts are published on time', 'igny8-wordpress-bridge' ), __( 'No scheduled post is late.', 'igny8-wordpress-bridge' ) ) ];
	}

	/**
	 * @param array<int, array{id: int, due_at: int}> $posts    The longest overdue first.
	 * @param string[]                                $evidence Line by line.
	 */
	private function late( array $posts, array $evidence ): Finding {
		/* translators: 1: number of posts, 2: time span, for example "5 hours". */
		$detail = sprintf( _n( '%1$d scheduled post is late, by up to %2$s.', '%1$d scheduled posts are late, by up to %2$s.', count( $posts ), 'igny8-wordpress-bridge' ), count( $posts ), human_time_diff( $posts[0]['due_at'] ) );
		return $this->finding( $posts[0]['due_at'] < time() - self::MISSED_S ? Finding::WARNING : Finding::INFO, $detail, $evidence );
	}

	private function finding( string $severity, string $detail, array $evidence ): Finding {
		$is_missed = Finding::WARNING === $severity;
		return new Finding(
			$severity,
			'cron',
			$is_missed ? 'schedule_missed' : 'schedule_late',
			$is_missed ? __( 'Scheduled posts were not published', 'igny8-wordpress-bridge' ) : __( 'Scheduled posts are published late', 'igny8-wordpress-bridge' ),
			$detail,
			$is_missed
				? __( 'Publish the posts named below, or give them a new date. Ask your host to call wp-cron.php every five minutes.', 'igny8-wordpress-bridge' )
				: __( 'The plugin publishes them. To have them on time, ask your host to call wp-cron.php every five minutes.', 'igny8-wordpress-bridge' ),
			$evidence
		);
	}

	/**
	 * @return string[]
	 */
	private function evidence( array $state ): array {
		$lines = [];
		foreach ( $state['posts'] as $post ) {
			/* translators: 1: post id, 2: title, 3: date and time. */
			$lines[] = sprintf( __( 'Post %1$d “%2$s”: due %3$s UTC', 'igny8-wordpress-bridge' ), $post['id'], get_the_title( $post['id'] ), gmdate( 'Y-m-d H:i', $post['due_at'] ) );
		}
		$last = $state['last_published'];
		if ( null !== $last ) {
			/* translators: 1: post id, 2: date and time, 3: date and time. */
			$lines[] = sprintf( __( 'Post %1$d: due %2$s UTC, published by this plugin %3$s UTC', 'igny8-wordpress-bridge' ), $last['id'], gmdate( 'Y-m-d H:i', $last['due_at'] ), gmdate( 'Y-m-d H:i', $last['at'] ) );
		}
		return $lines;
	}
}
