<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

/**
 * A save by a person under way: which post, and what its editor knows of IGNY8's writes. Its properties are read only.
 */
final class Save_Context {

	public const FIELD = 'igny8_editor';

	public int $post_id;

	/** The newest write when the editor's page was rendered; null if the editor doesn't say. */
	public ?int $seen = null;

	/** The newest write that the person has chosen to replace; 0 for none. */
	public int $keep = 0;

	/**
	 * @param mixed $told What the editor sends as `igny8_editor`.
	 */
	public function __construct( int $post_id, $told ) {
		$this->post_id = $post_id;
		if ( is_array( $told ) && is_numeric( $told['seen'] ?? null ) ) {
			$this->seen = max( 0, (int) $told['seen'] );
			$this->keep = is_numeric( $told['keep'] ?? null ) ? max( 0, (int) $told['keep'] ) : 0;
		}
	}
}
