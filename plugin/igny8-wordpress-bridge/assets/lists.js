/** Asks IGNY8 how the posts of this list stand, once the list is there. */
( function ( facts ) {
	'use strict';

	var cells = {};
	document.querySelectorAll( '.igny8-cell' ).forEach( function ( cell ) {
		cells[ cell.dataset.igny8Id ] = cell;
	} );
	var ids = Object.keys( cells ).slice( 0, facts.most );
	if ( ! ids.length ) {
		return;
	}
	var query = ids.map( function ( id ) {
		return 'ids[]=' + id;
	} ).join( '&' );

	window
		.fetch( facts.url + ( facts.url.indexOf( '?' ) < 0 ? '?' : '&' ) + query, { credentials: 'same-origin', headers: { 'X-WP-Nonce': facts.nonce } } )
		.then( function ( response ) {
			return response.ok ? response.json() : [];
		} )
		.then( function ( states ) {
			states.forEach( function ( state ) {
				var cell = cells[ state.id ];
				var dot = document.createElement( 'span' );
				dot.className = 'igny8-dot igny8-dot-' + state.tone;
				dot.setAttribute( 'aria-hidden', 'true' );
				cell.dataset.igny8State = state.state;
				cell.replaceChildren( dot, state.label );
			} );
		} )
		// What this site knows itself stays.
		.catch( function () {} );
} )( window.igny8Lists );
