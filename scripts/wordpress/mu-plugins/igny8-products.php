<?php
/**
 * Plugin Name: IGNY8 lab: products
 * Description: Registers the public shape of a shop's catalogue: products with categories and tags, and one type that REST hides.
 */

add_action(
	'init',
	static function () {
		register_taxonomy(
			'product_cat',
			'product',
			array(
				'label'        => 'Product Categories',
				'hierarchical' => true,
				'public'       => true,
				'show_in_rest' => true,
				'rewrite'      => array( 'slug' => 'product-category' ),
			)
		);
		register_taxonomy(
			'product_tag',
			'product',
			array(
				'label'        => 'Product Tags',
				'public'       => true,
				'show_in_rest' => true,
				'rewrite'      => array( 'slug' => 'product-tag' ),
			)
		);
		register_taxonomy(
			'product_type',
			'product',
			array(
				'label'   => 'Product Types',
				'public'  => false,
				'rewrite' => false,
			)
		);
		register_post_type(
			'product',
			array(
				'labels'       => array(
					'name'          => 'Products',
					'singular_name' => 'Product',
				),
				'public'       => true,
				'has_archive'  => 'shop',
				'show_in_rest' => true,
				'map_meta_cap' => true,
				'menu_icon'    => 'dashicons-cart',
				'supports'     => array( 'title', 'editor', 'excerpt', 'thumbnail', 'custom-fields' ),
			)
		);
	},
	5
);
