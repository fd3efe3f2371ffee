<?php
/**
 * Two more custom types for tests: one that REST doesn't know, and one with parents and a taxonomy of its own.
 */

add_action(
	'init',
	static function (): void {
		register_post_type(
			'book',
			array(
				'label'        => 'Books',
				'public'       => true,
				'show_in_rest' => false,
				'supports'     => array( 'title', 'editor', 'excerpt' ),
			)
		);
		register_post_type(
			'recipe',
			array(
				'label'        => 'Recipes',
				'public'       => true,
				'hierarchical' => true,
				'show_in_rest' => true,
				'supports'     => array( 'title', 'editor', 'page-attributes' ),
			)
		);
		register_taxonomy( 'cuisine', 'recipe', array( 'label' => 'Cuisines', 'public' => true, 'show_in_rest' => true ) );
	}
);
