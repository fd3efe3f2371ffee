<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

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
			$due_at = $state['posts'][0]['due_at'];
			/* translators: 1: number of posts, 2: time span, for example "5 hours". */
			$detail = sprintf( __( 'Scheduled posts that are late: %1$d, by up to %2$s.', 'igny8-wordpress-bridge' ), $state['overdue'], human_time_diff( $due_at ) );
			return [ $due_at < time() - self::MISSED_S ? $this->missed( $detail, $evidence ) : $this->late( $detail, $evidence ) ];
		}
		if ( null !== $last && $last['at'] > time() - self::REPORTED_S ) {
			/* translators: %d: post id. */
			return [ $this->late( sprintf( __( 'WordPress missed the time of post %d.', 'igny8-wordpress-bridge' ), $last['id'] ), $evidence ) ];
		}
		return [ Finding::ok( 'cron', 'schedule_kept', __( 'Scheduled posts are published on time', 'igny8-wordpress-bridge' ), __( 'No scheduled post is late.', 'igny8-wordpress-bridge' ) ) ];
	}

	/**
	 * @param string[] $evidence Line by line.
	 */
	private function missed( string $detail, array $evidence ): Finding {
		return new Finding(
			Finding::WARNING,
			'cron',
			'schedule_missed',
			__( 'Scheduled posts were not published', 'igny8-wordpress-bridge' ),
			$detail,
			__( 'Publish the posts named below, or give them a new date. Ask your host to call wp-cron.php every five minutes.', 'igny8-wordpress-bridge' ),
			$evidence
		);
	}

	/**
	 * @param string[] $evidence Line by line.
	 */
	private function late( string $detail, array $evidence ): Finding {
		return new Finding(
			Finding::INFO,
			'cron',
			'schedule_late',
			__( 'Scheduled posts are published late', 'igny8-wordpress-bridge' ),
			$detail,
			__( 'The plugin publishes them. To have them on time, ask your host to call wp-cron.php every five minutes.', 'igny8-wordpress-bridge' ),
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
