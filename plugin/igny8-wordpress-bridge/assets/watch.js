/**
 * Keeps the dot in the admin bar and the notice about the connection current while somebody looks at wp-admin. One tab
 * asks for all tabs of this browser, and none does in the background.
 */
( function ( facts ) {
	'use strict';

	var shown = null;

	function stored() {
		try {
			return JSON.parse( window.localStorage.getItem( facts.key ) ) || {};
		} catch ( error ) {
			return {};
		}
	}

	function store( view ) {
		try {
			window.localStorage.setItem( facts.key, JSON.stringify( { at: Date.now(), view: view } ) );
		} catch ( error ) {
			// Then each tab asks for itself.
		}
	}

	function showDot( view ) {
		var item = document.getElementById( 'wp-admin-bar-igny8' );
		var dot = item && item.querySelector( '.igny8-bar-dot' );
		if ( dot ) {
			dot.className = 'igny8-bar-dot igny8-bar-' + view.tone;
			item.querySelector( '.igny8-bar-label' ).textContent = ': ' + view.label;
			item.querySelector( '.ab-item' ).title = view.label;
		}
	}

	/** The block editor hides the notices of other pages, and has its own. */
	function showInEditor( text ) {
		var data = window.wp && window.wp.data;
		var notices = data && document.body.classList.contains( 'block-editor-page' ) && data.dispatch( 'core/notices' );
		if ( notices && text ) {
			notices.createNotice( 'error', 'IGNY8: ' + text, { id: 'igny8-link', actions: [ { label: facts.link, url: facts.settings } ] } );
		} else if ( notices ) {
			notices.removeNotice( 'igny8-link' );
		}
		return Boolean( notices );
	}

	function makeNotice() {
		var mark = document.querySelector( '.wp-header-end' ) || document.querySelector( '#wpbody-content .wrap h1' );
		if ( ! mark ) {
			return null;
		}
		var notice = document.createElement( 'div' );
		var text = document.createElement( 'p' );
		var name = document.createElement( 'strong' );
		var link = document.createElement( 'a' );
		notice.className = 'notice notice-error';
		notice.dataset.igny8Link = '';
		notice.setAttribute( 'role', 'alert' );
		name.textContent = 'IGNY8:';
		link.href = facts.settings;
		link.textContent = facts.link;
		text.append( name, ' ', document.createElement( 'span' ), ' ', link );
		notice.append( text );
		mark.after( notice );
		return notice;
	}

	function showNotice( text ) {
		if ( showInEditor( text ) ) {
			return;
		}
		var notice = document.querySelector( '[data-igny8-link]' );
		if ( ! text ) {
			if ( notice ) {
				notice.remove();
			}
			return;
		}
		notice = notice || makeNotice();
		if ( notice ) {
			notice.querySelector( 'span' ).textContent = text;
		}
	}

	function show( view ) {
		var key = JSON.stringify( view );
		if ( view && key !== shown ) {
			shown = key;
			showDot( view );
			showNotice( view.notice );
		}
	}

	function ask() {
		window
			.fetch( facts.url, { credentials: 'same-origin', headers: { 'X-WP-Nonce': facts.nonce } } )
			.then( function ( response ) {
				return response.ok ? response.json() : null;
			} )
			.then( function ( view ) {
				if ( view ) {
					store( view );
					show( view );
				}
			} )
			// No network: what is shown stays.
			.catch( function () {} );
	}

	function tick() {
		var known = stored();
		if ( document.hidden ) {
			return;
		}
		// What another tab learnt a moment ago; but the page itself may know better, after somebody connected anew.
		if ( known.at && Date.now() - known.at < facts.every - 5000 && ( shown || known.view.state === facts.state ) ) {
			show( known.view );
			return;
		}
		ask();
	}

	window.addEventListener( 'storage', function ( event ) {
		if ( facts.key === event.key ) {
			show( stored().view );
		}
	} );
	document.addEventListener( 'visibilitychange', tick );
	window.setInterval( tick, facts.every );
	window.setTimeout( tick, 2000 );
} )( window.igny8Watch );
