/** Brings the widget on the dashboard up to date once the page is there. */
( function ( facts ) {
	'use strict';

	var place = document.getElementById( 'igny8-dashboard' );
	if ( ! place ) {
		return;
	}
	window
		.fetch( facts.url, { credentials: 'same-origin', headers: { 'X-WP-Nonce': facts.nonce } } )
		.then( function ( response ) {
			return response.ok ? response.json() : null;
		} )
		.then( function ( answer ) {
			if ( answer && answer.html ) {
				// Escaped by the server.
				place.innerHTML = answer.html;
			}
		} )
		// What is shown stays.
		.catch( function () {} );
} )( window.igny8Dashboard );
